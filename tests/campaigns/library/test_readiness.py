"""The readiness board names the groups that lack what a template needs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.library.readiness import Board, board_of
from campaigns.models import AccessKind, Image, Route, Template, TemplateAccess
from groups.models import Group, GroupField, GroupFieldKind, GroupFieldValue, User
from groups.roles import Role
from tests.builders import Cast, a_group, a_person, root_group
from tests.campaigns.builders import SOURCE, a_template

pytestmark = pytest.mark.django_db


def board(cast: Cast, template: Template, user: User | None = None) -> Board:
    """Gives the board as somebody sees it, the brand manager unless told."""
    return board_of(user=user or cast.manager, brand=cast.brand, template_id=template.pk)


def missing(found: Board) -> dict[str, tuple[str, ...]]:
    """Gives what each group lacks that is not ready, by name."""
    return {line.name: line.missing for line in found.not_ready}


def path_of(template: Template) -> str:
    """Gives the address of the board."""
    return str(reverse("campaigns:template-readiness", kwargs={"template_id": template.pk}))


def outside(cast: Cast) -> tuple[str, ...]:
    """Gives the names of the groups that do not stand in the region."""
    return (cast.brand.name, "Europe", cast.far_store.name)


def filled(cast: Cast) -> None:
    """Gives head office and the regions what a store has."""
    facts = {"street": "1 Street", "postal_code": "1", "city": "Town", "country": "US", "email": "hq@n.example"}
    Group.objects.filter(brand=cast.brand, parent=None).update(**facts)


def test_built_in_fields_and_the_sender_are_asked_for(cast: Cast) -> None:
    filled(cast)
    template = a_template(brand=cast.brand)
    Group.objects.filter(pk=cast.store.pk).update(street="", sender_address="", email="")
    Group.objects.filter(pk=cast.far_store.pk).update(sender_address="")

    found = board(cast, template)

    assert missing(found) == {cast.store.name: ("Street", "Sender address")}
    assert found.ready_count == len(found.lines) - 1 == 5
    assert dict(found.gaps) == {"Street": 1, "Sender address": 1}
    assert found.lines[0].name == cast.store.name
    assert all(line.uses_default_variation for line in found.lines)


def test_own_fields_count_with_what_comes_from_above(cast: Cast) -> None:
    filled(cast)
    hours = GroupField.objects.create(brand=cast.brand, key="hours", label="Opening hours", kind=GroupFieldKind.TEXT)
    template = a_template(brand=cast.brand, source=SOURCE.replace("Hello", "Open [[group.hours]], hello"))
    GroupFieldValue.objects.create(group=cast.region, field=hours, value="9 to 5")

    assert missing(board(cast, template)) == dict.fromkeys(
        (cast.brand.name, "Europe", cast.far_store.name), ("Opening hours",)
    )


def test_what_stands_under_a_condition_or_by_choice_is_not_asked_for(cast: Cast) -> None:
    filled(cast)
    Group.objects.update(phone="")
    for mark in ("data-optional", 'data-if="group.phone"'):
        loose = f'<mj-text data-section="call" data-label="Call" {mark}>Call [[group.phone]]</mj-text>'
        template = a_template(
            brand=cast.brand,
            slug=f"loose-{len(mark)}",
            source=SOURCE.replace("<mj-text>Hello", f"{loose}<mj-text>Hello"),
        )
        assert missing(board(cast, template)) == {}


def test_words_of_the_template_itself_are_looked_through(cast: Cast) -> None:
    filled(cast)
    template = a_template(brand=cast.brand, source=SOURCE.replace("What is new at your store", "Call [[group.phone]]"))
    Group.objects.exclude(pk=cast.store.pk).update(phone="")

    assert cast.store.name not in missing(board(cast, template))
    assert missing(board(cast, template))["Europe"] == ("Telephone",)


def test_a_sender_that_the_template_sets_is_not_asked_for_and_neither_is_one_that_braze_holds(cast: Cast) -> None:
    filled(cast)
    template = a_template(brand=cast.brand)
    Group.objects.update(sender_address="", email="")
    assert template.current is not None
    type(template.current).objects.filter(pk=template.current.pk).update(
        envelope={"address": {"value": "news@northwind.example", "is_open": False}}
    )
    by_braze = a_template(brand=cast.brand, slug="triggered", route=Route.TRIGGER)

    assert missing(board(cast, template)) == {}
    assert missing(board(cast, by_braze)) == {}


def test_a_picture_that_nobody_may_upload_has_to_be_there(cast: Cast) -> None:
    filled(cast)
    picture = (
        '<mj-image data-field="photo" data-type="image" data-label="Photo" data-required data-upload="false" '
        'src="" alt=""></mj-image>'
    )
    template = a_template(brand=cast.brand, source=SOURCE.replace("<mj-text>Hello", f"{picture}<mj-text>Hello"))
    Image.objects.create(
        group=cast.region, name="Bar", file="images/x.png", sha256="0" * 64, width=1, height=1, size_bytes=1
    )

    assert missing(board(cast, template)) == dict.fromkeys(
        (cast.brand.name, "Europe", cast.far_store.name), ("A picture",)
    )


def test_only_groups_that_may_use_it_and_are_open_count(cast: Cast) -> None:
    filled(cast)
    template = a_template(brand=cast.brand)
    TemplateAccess.objects.create(template=template, kind=AccessKind.ALLOW, group=cast.region)
    TemplateAccess.objects.create(template=template, kind=AccessKind.DENY, group=cast.next_store)
    TemplateAccess.objects.create(template=template, kind=AccessKind.DENY, group=cast.store, role=Role.REVIEWER)
    closed = a_group(parent=cast.region, name="Closed")
    Group.objects.filter(pk=closed.pk).update(closed_at="2026-11-01T00:00:00Z")

    assert {line.name for line in board(cast, template).lines} == {"Americas", cast.store.name}


def test_others_see_their_own_groups_and_strangers_nothing(cast: Cast, client: Client) -> None:
    template = a_template(brand=cast.brand)
    regional = a_person(role=Role.REGIONAL_MANAGER, group=cast.region)
    seen = {person: [line.name for line in board(cast, template, person).lines] for person in (cast.author, regional)}

    assert seen[cast.author] == [cast.store.name]
    assert sorted(seen[regional]) == ["Americas", cast.next_store.name, cast.store.name]
    for person, status in ((cast.manager, 200), (cast.admin, 200), (cast.neighbour, 200), (cast.outsider, 404)):
        client.force_login(person)
        assert client.get(path_of(template)).status_code == status
    TemplateAccess.objects.create(template=template, kind=AccessKind.ALLOW, group=cast.far_store)
    client.force_login(cast.author)
    assert client.get(path_of(template)).status_code == 404


def test_a_template_of_another_brand_or_without_a_version_has_no_board(cast: Cast, client: Client) -> None:
    foreign = a_template(brand=cast.other_brand)
    draft = Template.objects.create(brand=cast.brand, slug="draft", name="Draft")
    client.force_login(cast.manager)

    assert [client.get(path_of(one)).status_code for one in (foreign, draft)] == [404, 404]


def test_the_page_counts_filters_and_leads_to_the_groups(cast: Cast, client: Client) -> None:
    filled(cast)
    template = a_template(brand=cast.brand)
    Group.objects.filter(pk=cast.store.pk).update(street="")
    client.force_login(cast.manager)

    everything, lacking = client.get(path_of(template)), client.get(path_of(template), {"show": "missing"})

    assert len(everything.context["page"].object_list) == 6
    assert [line.name for line in lacking.context["page"]] == [cast.store.name]
    assert reverse("groups:group-detail", kwargs={"group_id": cast.store.pk}) in lacking.text
    assert "Without Street" in lacking.text


def test_the_board_costs_the_same_for_many_groups(cast: Cast, client: Client) -> None:
    hours = GroupField.objects.create(brand=cast.brand, key="hours", label="Opening hours", kind=GroupFieldKind.TEXT)
    template = a_template(brand=cast.brand, source=SOURCE.replace("Hello", "Open [[group.hours]], hello"))
    client.force_login(cast.manager)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(path_of(template)).status_code == 200
        return len(found)

    cost()
    few = cost()
    for number in range(40):
        GroupFieldValue.objects.create(group=a_group(parent=cast.region), field=hours, value=str(number))

    assert cost() == few
    assert root_group(cast.brand).children.count() == 2
