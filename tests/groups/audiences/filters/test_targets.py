"""What a brand's decision on targets brings about: indexes, mirrors in Braze, and a limit."""

from __future__ import annotations

import pytest
from django.db import connection

from campaigns.library.merge_tags import AttributeFields, AttributeRefused, add_attribute, change_attribute
from groups.audiences.filters import indexes, mirroring, tasks
from groups.audiences.filters.services import MOST_TARGETS
from groups.audiences.syncing import sync_contacts
from groups.models import Attribute, AttributeKind, Contact, Event, SyncState
from groups.roles import Role
from tests.builders import a_brand, a_contact, a_group, a_person, a_workspace, an_audience, root_group
from tests.groups.audiences.filters.builders import let_filters_use
from tests.sandbox_server import RunningSandbox


def standing() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'contact_target_%%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads all contacts")
def test_each_target_has_an_index_until_it_is_none_any_more() -> None:
    brand = a_brand()
    let_filters_use(brand, "city", "points")
    wanted = {indexes.name_of(one) for one in Attribute.objects.filter(name__in=["city", "points"])}

    assert (indexes.tend(), indexes.tend()) == (2, 0)
    made = standing()
    Attribute.objects.filter(name="points").update(is_target=False)
    indexes.tend()
    left = standing()
    Attribute.objects.update(is_target=False)
    indexes.tend()

    assert made == wanted
    assert left == {indexes.name_of(Attribute.objects.get(name="city"))}
    assert standing() == set()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL makes them outside transactions only")
def test_sqlite_makes_no_indexes_and_the_task_does_the_rest() -> None:
    let_filters_use(a_brand())

    tasks.tend()

    assert indexes.tend() == 0
    assert Attribute.objects.filter(is_custom=False, is_target=True, mirrored_at=None).count() == 0


@pytest.mark.django_db
def test_contacts_that_braze_has_get_the_mirror_once(sandbox: RunningSandbox) -> None:
    workspace = a_workspace(endpoint=sandbox.url)
    audience = an_audience(group=a_group(brand=workspace.brand))
    there = a_contact(audience=audience, city="Portland")
    a_contact(audience=audience, first_name="Without a city")
    sync_contacts(workspace.pk)
    let_filters_use(workspace.brand, "city", "points")

    marked = mirroring.tend()
    waiting = list(Contact.objects.filter(sync_state=SyncState.PENDING))
    sync_contacts(workspace.pk)

    profile = sandbox.profile(there.external_id)
    assert profile is not None
    assert (marked, waiting) == (1, [there])
    assert profile.custom["smartersends_home_city"] == "Portland"
    assert mirroring.tend() == 0


@pytest.mark.django_db
def test_a_brand_lets_filters_use_an_attribute_and_the_trail_says_so() -> None:
    brand = a_brand()
    manager = a_person(role=Role.BRAND_MANAGER, group=root_group(brand))
    city = brand.attributes.get(name="city")
    words: AttributeFields = {
        "label": city.label,
        "kind": AttributeKind.TEXT,
        "braze_name": city.braze_name,
        "liquid_name": city.liquid_name,
        "is_custom": False,
        "is_merge_tag": False,
        "fallback": "",
        "sample": "",
        "is_target": True,
    }
    Attribute.objects.filter(pk=city.pk).update(mirrored_at="2026-01-01T00:00:00Z")

    change_attribute(attribute=city, actor=manager, **words)

    city.refresh_from_db()
    assert (city.is_target, city.mirrored_at) == (True, None)
    assert Event.objects.get(action="attribute.changed").after == {"is_target": True}


@pytest.mark.django_db
def test_a_thirteenth_target_is_refused() -> None:
    brand = a_brand()
    manager = a_person(role=Role.BRAND_MANAGER, group=root_group(brand))

    def add(number: int) -> None:
        add_attribute(
            brand=brand,
            name=f"target_{number}",
            actor=manager,
            label=f"Target {number}",
            kind=AttributeKind.NUMBER,
            braze_name=f"target_{number}",
            liquid_name="",
            is_custom=True,
            is_merge_tag=False,
            fallback="",
            sample="",
            is_target=True,
        )

    for number in range(MOST_TARGETS):
        add(number)
    with pytest.raises(AttributeRefused, match="at most 12 attributes") as refused:
        add(MOST_TARGETS)

    assert refused.value.field == "is_target"
    assert brand.attributes.filter(is_target=True).count() == MOST_TARGETS
