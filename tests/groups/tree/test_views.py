"""The pages of groups, tried by everybody."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.models import FeatureSwitch, Group, GroupField, GroupFieldKind, GroupFieldValue, User
from groups.roles import Feature, Role
from tests.builders import Cast, a_group, a_membership, a_person, root_group

pytestmark = pytest.mark.django_db

LIST = "/groups/"


@pytest.fixture(autouse=True)
def hosts(settings: object) -> None:
    """Lets the host name of the test client in."""
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]  # type: ignore[attr-defined]


def url(name: str, group: Group | None = None, **ids: object) -> str:
    """Gives the address of a page of groups."""
    return str(reverse(f"groups:{name}", kwargs={"group_id": group.pk, **ids} if group else ids))


def local_field(cast: Cast, *, is_local: bool = True) -> GroupField:
    """Gives a field of opening hours."""
    return GroupField.objects.create(
        brand=cast.brand, key="hours", label="Opening hours", kind=GroupFieldKind.TEXT, is_local=is_local
    )


def facts_of(group: Group) -> dict[str, str]:
    """Gives what the form of a group sends when nothing is changed."""
    names = (
        "name street postal_code city country phone email manager sender_name sender_address reply_to time_zone "
        "language variation_id review_policy"
    )
    return {name: str(getattr(group, name)) for name in names.split()}


def answers(client: Client, people: list[User], path: str, data: dict[str, str] | None = None) -> list[int]:
    """Gives the status that each person gets."""
    found = []
    for person in people:
        client.force_login(person)
        found.append((client.get(path) if data is None else client.post(path, data)).status_code)
    return found


def test_the_list_shows_each_person_their_groups(cast: Cast, client: Client) -> None:
    for person, names in (
        (cast.author, [cast.store.name]),
        (cast.neighbour, [cast.next_store.name]),
        (
            cast.manager,
            [cast.brand.name, "Americas", cast.next_store.name, cast.store.name, "Europe", cast.far_store.name],
        ),
        (cast.outsider, []),
    ):
        client.force_login(person)
        page = client.get(LIST)
        assert [line.group.name for line in page.context["lines"]] == names
    assert client.get(LIST).status_code == 200


def test_the_list_is_searched_narrowed_and_in_the_order_of_the_tree(cast: Cast, client: Client) -> None:
    Group.objects.filter(pk=cast.far_store.pk).update(closed_at="2026-11-01T00:00:00Z")
    client.force_login(cast.manager)

    def found(**wish: object) -> list[tuple[str, int]]:
        return [(line.group.name, line.depth) for line in client.get(LIST, wish).context["lines"]]

    assert found(q="portl") == [(cast.store.name, 0)]
    assert found(q=cast.far_store.code.lower()) == [(cast.far_store.name, 0)]
    assert found(below=cast.region.pk) == [("Americas", 0), (cast.next_store.name, 1), (cast.store.name, 1)]
    assert found(kind="region") == [("Americas", 0), ("Europe", 0)]
    assert found(state="closed") == [(cast.far_store.name, 0)]
    assert len(found(state="open")) == 5
    assert found(q="nothing like it") == []
    assert len(found(q="a\x00b", below="x", kind="planet")) == 6
    assert len(found(below=root_group(cast.other_brand).pk)) == 6


def test_the_list_counts_the_people_of_each_group(cast: Cast, client: Client) -> None:
    gone = a_person(group=cast.store)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    client.force_login(cast.manager)

    lines = {line.group: line.members for line in client.get(LIST).context["lines"]}

    assert lines[cast.store] == 3
    assert lines[root_group(cast.brand)] == 2
    assert lines[cast.far_store] == 0


def test_the_list_costs_the_same_for_many_groups_and_pages_them(cast: Cast, client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(LIST)
        return len(found)

    client.force_login(cast.manager)
    cost()
    few = cost()
    for number in range(120):
        group = a_group(parent=cast.region, variation_id=f"v-{number % 7}")
        a_membership(user=cast.author, group=group)
    many = cost()

    # One query more for each of the variations that are shared, five at most.
    assert many <= few + 5
    page = client.get(LIST, {"page": "2", "q": "store"})
    assert [page.context["page"].number, len(page.context["lines"])] == [2, 50]
    assert 'href="?q=store&amp;page=1"' in page.text


def test_the_page_of_a_group_is_for_those_who_see_it(cast: Cast, client: Client) -> None:
    path = url("group-detail", cast.store)

    assert answers(client, list(cast.everybody), path) == [200, 200, 200, 200, 200, 404, 404]


def test_the_page_offers_what_a_person_may_do(cast: Cast, client: Client) -> None:
    local_field(cast)
    path, texts = url("group-detail", cast.store), {}
    for name in ("author", "approver", "manager"):
        client.force_login(getattr(cast, name))
        texts[name] = client.get(path).text

    for page in ("group-edit", "group-move", "group-features"):
        assert url(page, cast.store) in texts["manager"]
        assert url(page, cast.store) not in texts["author"]
    assert url("group-values", cast.store) in texts["author"]
    assert url("group-values", cast.store) not in texts["approver"]
    assert "Locked by head office" in texts["approver"]


def test_the_page_costs_the_same_for_many_groups_below(cast: Cast, client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(url("group-detail", cast.region)).status_code == 200
        return len(found)

    client.force_login(cast.manager)
    cost()
    few = cost()
    for _ in range(30):
        a_group(parent=cast.region)

    assert cost() == few


@pytest.mark.parametrize("name", ["group-edit", "group-move", "group-create", "group-features"])
def test_pages_that_change_a_group_are_for_those_who_manage_it(cast: Cast, client: Client, name: str) -> None:
    path = url(name, cast.store)

    assert answers(client, list(cast.everybody), path) == [404, 404, 404, 200, 200, 404, 404]


def test_forged_changes_change_nothing(cast: Cast, client: Client) -> None:
    before = list(Group.objects.order_by("pk").values_list())
    europe = cast.far_store.parent
    assert europe is not None
    forged = {
        "group-edit": facts_of(cast.store) | {"name": "Mine"},
        "group-move": {"parent": str(europe.pk)},
        "group-create": facts_of(cast.store) | {"code": "N-1", "kind": "store"},
        "group-features": {"on": "contacts"},
        "group-open": {},
        "group-values": {"hours": "never"},
    }
    local_field(cast)

    for name, data in forged.items():
        people = list(cast.without(cast.admin, cast.manager))
        if name == "group-values":
            people = [cast.approver, cast.neighbour, cast.outsider]
        assert set(answers(client, people, url(name, cast.store), data)) == {404}

    assert list(Group.objects.order_by("pk").values_list()) == before
    assert not FeatureSwitch.objects.exists()
    assert not GroupFieldValue.objects.exists()


def test_a_group_is_changed_in_the_form(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.post(url("group-edit", cast.store), facts_of(cast.store) | {"phone": "+1 503 555 0100"})

    assert (page.status_code, page["Location"]) == (302, url("group-detail", cast.store))
    cast.store.refresh_from_db()
    assert cast.store.phone == "+1 503 555 0100"


def test_wrong_facts_stand_at_their_fields(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    wrong = {"country": "usa", "time_zone": "Mars/Olympus", "email": "nobody", "name": ""}

    page = client.post(url("group-edit", cast.store), facts_of(cast.store) | wrong)
    also = client.post(url("group-edit", cast.store), facts_of(cast.store) | {"country": "us", "reply_to": "no"})

    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"country", "time_zone", "name"}
    assert also.context["form"].errors == {
        "country": ["The country us is no code of two capital letters."],
        "reply_to": ["no is no email address."],
    }
    cast.store.refresh_from_db()
    assert cast.store.country == "US"


def test_a_group_is_added_below_another(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    data = facts_of(cast.store) | {"code": "US-77", "kind": "store", "name": "Salem"}

    client.post(url("group-create", cast.region), data)
    taken = client.post(url("group-create", cast.region), data)

    assert Group.objects.get(code="US-77").parent == cast.region
    assert taken.status_code == 422
    assert "US-77 is taken" in taken.text


def test_a_group_is_moved_by_choice_or_by_code(cast: Cast, client: Client) -> None:
    europe = cast.far_store.parent
    assert europe is not None
    client.force_login(cast.manager)

    client.post(url("group-move", cast.store), {"parent": str(europe.pk)})
    cast.store.refresh_from_db()
    assert cast.store.parent == europe

    client.post(url("group-move", cast.store), {"parent": "", "code": cast.next_store.code})
    cast.store.refresh_from_db()
    assert cast.store.parent == cast.next_store


@pytest.mark.parametrize("place", ["foreign", "itself", "below", "nothing"])
def test_a_forged_place_is_refused(cast: Cast, client: Client, place: str) -> None:
    client.force_login(cast.manager)
    foreign = root_group(cast.other_brand)
    below = a_group(parent=cast.region, code="below-it")
    data = {
        "foreign": {"parent": str(foreign.pk)},
        "itself": {"parent": str(cast.region.pk)},
        "below": {"code": below.code},
        "nothing": {"parent": "", "code": ""},
    }[place]

    page = client.post(url("group-move", cast.region), data)

    assert page.status_code == 422
    cast.region.refresh_from_db()
    assert cast.region.parent == root_group(cast.brand)


def test_features_are_switched_and_those_of_above_stay(cast: Cast, client: Client) -> None:
    FeatureSwitch.objects.create(group=cast.region, feature=Feature.EXPORTS)
    client.force_login(cast.manager)
    on = [feature.value for feature in Feature if feature not in (Feature.ATTACHMENTS, Feature.EXPORTS)]

    client.post(url("group-features", cast.store), {"on": [*on, "unheard of"]})

    assert list(FeatureSwitch.objects.filter(group=cast.store).values_list("feature", flat=True)) == ["attachments"]
    page = client.get(url("group-features", cast.store)).text
    assert "A group further up has switched it off." in page
    assert 'value="exports"' not in page
    assert "in Americas" in client.get(url("group-detail", cast.store)).text


def test_fields_are_filled_in_by_local_people_and_locked_ones_are_not(cast: Cast, client: Client) -> None:
    local_field(cast)
    GroupField.objects.create(brand=cast.brand, key="licence", label="Licence", kind=GroupFieldKind.TEXT)
    client.force_login(cast.author)

    saved = client.post(url("group-values", cast.store), {"hours": "<b>9</b> {{x}}"})
    forged = client.post(url("group-values", cast.store), {"hours": "10", "licence": "mine"})

    assert saved.status_code == 302
    assert forged.status_code == 422
    assert "locked by head office" in forged.text
    assert dict(GroupFieldValue.objects.values_list("field__key", "value")) == {"hours": "<b>9</b> {{x}}"}
    assert "&lt;b&gt;9&lt;/b&gt; {{x}}" in client.get(url("group-detail", cast.store)).text


def test_without_anything_to_fill_in_there_is_no_page(cast: Cast, client: Client) -> None:
    local_field(cast, is_local=False)

    assert answers(client, [cast.author, cast.approver, cast.admin], url("group-values", cast.store)) == [404, 404, 200]


def test_fields_are_defined_by_those_who_manage_the_brand(cast: Cast, client: Client) -> None:
    path = url("group-field-list")
    field = local_field(cast)
    edit, delete = url("group-field-edit", field_id=field.pk), url("group-field-delete", field_id=field.pk)

    for page in (path, edit):
        assert answers(client, list(cast.everybody), page) == [404, 404, 404, 200, 200, 404, 404]
    others = list(cast.without(cast.admin, cast.manager))
    data = {"key": "fax", "label": "Fax", "kind": "phone"}
    for page in (path, edit, delete):
        assert set(answers(client, others, page, data)) == {404}
    assert list(GroupField.objects.values_list("key", flat=True)) == ["hours"]

    client.force_login(cast.manager)
    assert client.post(path, data).status_code == 302
    assert client.post(path, data).status_code == 422
    client.post(edit, {"label": "Hours", "is_required": "on", "position": ""})
    client.post(delete)
    assert list(GroupField.objects.values_list("key", flat=True)) == ["fax"]


def test_somebody_who_manages_two_brands_changes_only_that_of_the_page(cast: Cast, client: Client) -> None:
    a_membership(user=cast.manager, group=root_group(cast.other_brand), role=Role.ADMIN)
    field = GroupField.objects.create(brand=cast.other_brand, key="hours", label="Hours", kind=GroupFieldKind.TEXT)
    client.force_login(cast.manager)

    assert client.get(url("group-detail", root_group(cast.other_brand))).status_code == 404
    assert client.post(url("group-field-delete", field_id=field.pk)).status_code == 404
    assert GroupField.objects.filter(pk=field.pk).exists()


def a_csv(*rows: str) -> SimpleUploadedFile:
    """Gives an uploaded file of groups."""
    return SimpleUploadedFile("groups.csv", "\n".join(("code,name,parent", *rows)).encode())


def test_a_file_is_looked_through_and_then_imported(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    looked = client.post(url("group-import"), {"file": a_csv(f"US-7,Salem,{cast.region.code}")})
    assert (looked.status_code, Group.objects.filter(code="US-7").exists()) == (200, False)
    assert looked.context["report"].added == 1
    run = client.post(url("group-import-run"), {"ticket": looked.context["ticket"]}, follow=True)

    assert Group.objects.get(code="US-7").parent == cast.region
    assert "1 groups and 0 regions added" in run.text
    again = client.post(url("group-import-run"), {"ticket": looked.context["ticket"]}, follow=True)
    assert "The file is not here any more" in again.text


def test_a_file_with_findings_cannot_be_imported(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)

    page = client.post(url("group-import"), {"file": a_csv("a,A,b", "b,B,a")})
    empty = client.post(url("group-import"), {"file": SimpleUploadedFile("x.csv", b" ")})

    assert page.status_code == 422
    assert "Line 2: The groups above a run in a circle" in page.text
    assert page.context["ticket"] == ""
    assert empty.status_code == 422
    assert not Group.objects.filter(code="a").exists()


def test_what_changed_between_looking_and_importing_counts(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    looked = client.post(url("group-import"), {"file": a_csv(f"US-7,Salem,{cast.region.code}")})
    Group.objects.filter(pk=cast.region.pk).update(closed_at="2026-11-01T00:00:00Z")

    page = client.post(url("group-import-run"), {"ticket": looked.context["ticket"]})

    assert page.status_code == 422
    assert "Americas is closed" in page.text
    assert not Group.objects.filter(code="US-7").exists()


def test_files_are_imported_by_those_who_manage_the_brand_and_nobody_takes_the_file_of_another(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.manager)
    looked = client.post(url("group-import"), {"file": a_csv(f"US-7,Salem,{cast.region.code}")})
    ticket = {"ticket": looked.context["ticket"]}

    assert answers(client, list(cast.everybody), url("group-import")) == [404, 404, 404, 200, 200, 404, 404]
    assert set(answers(client, list(cast.without(cast.admin, cast.manager)), url("group-import-run"), ticket)) == {404}
    assert answers(client, [cast.admin], url("group-import-run"), ticket) == [302]

    assert not Group.objects.filter(code="US-7").exists()


def test_nobody_who_is_not_signed_in_sees_groups(cast: Cast, client: Client) -> None:
    for path in (LIST, url("group-detail", cast.store), url("group-import"), url("group-field-list")):
        assert client.get(path).status_code == 302
