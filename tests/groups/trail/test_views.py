"""The page of the audit trail and its export, as everybody tries them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.models import Brand, Event, Group, GroupKind, GroupPath, User
from groups.people.roles import ship_roles
from groups.roles import Role
from groups.trail import queries
from groups.trail.sealing import seal_chunk
from tests.builders import Cast, a_membership, a_person, an_event, root_group

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("M27")]

PAGE = "groups:event-list"
EXPORT = "groups:event-export"


def a_regional_admin(cast: Cast) -> User:
    """Gives an admin of the region Americas alone."""
    return a_person(role=Role.ADMIN, group=cast.region, name="Rae Region")


def shown(client: Client, **asked: object) -> list[str]:
    """Gives what the first cell of each row says of an event's number."""
    response = client.get(reverse(PAGE), {name: str(value) for name, value in asked.items()})
    assert response.status_code == 200
    return [str(line.event.detail["number"]) for line in response.context["lines"] if "number" in line.event.detail]


def exported(client: Client, **asked: object) -> list[Mapping[str, str]]:
    """Gives the rows of an export."""
    response = client.post(reverse(EXPORT), {name: str(value) for name, value in asked.items()})
    assert response.status_code == 200
    content = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(content)))


def test_only_admins_and_brand_managers_see_the_trail(cast: Cast, client: Client) -> None:
    statuses, links = {}, {}
    for user in cast.everybody:
        client.force_login(user)
        statuses[user.name] = client.get(reverse(PAGE)).status_code
        home = client.get(reverse("campaigns:home"), follow=True).content.decode()
        links[user.name] = f'href="{reverse(PAGE)}"' in home

    assert {name for name, status in statuses.items() if status == 200} == {"Mika Manager", "Ade Admin"}
    assert {status for name, status in statuses.items() if name not in ("Mika Manager", "Ade Admin")} == {404}
    assert {name for name, is_linked in links.items() if is_linked} == {"Mika Manager", "Ade Admin"}


def test_nobody_else_takes_an_export_and_nothing_is_noted_of_the_attempt(cast: Cast, client: Client) -> None:
    before = Event.objects.count()
    for user in cast.without(cast.manager, cast.admin):
        client.force_login(user)
        assert client.post(reverse(EXPORT)).status_code == 404
    client.logout()
    assert client.post(reverse(EXPORT)).status_code == 302
    assert client.get(reverse(PAGE)).status_code == 302

    assert Event.objects.count() == before


def test_an_export_is_no_link_that_somebody_follows(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    before = Event.objects.count()

    assert client.get(reverse(EXPORT)).status_code == 405
    assert Event.objects.count() == before


def test_the_brands_own_people_see_all_of_it_and_nothing_of_another_brand(cast: Cast, client: Client) -> None:
    an_event(group=cast.store, number=1)
    an_event(brand=cast.brand, number=2)
    an_event(group=root_group(cast.other_brand), number=3)
    client.force_login(cast.admin)

    assert shown(client) == ["2", "1"]


def test_on_a_group_below_the_right_shows_the_events_of_that_group_and_those_below_it(
    cast: Cast, client: Client
) -> None:
    for number, group in enumerate((cast.store, cast.region, cast.far_store, root_group(cast.brand)), start=1):
        an_event(group=group, number=number)
    an_event(brand=cast.brand, number=5)
    client.force_login(a_regional_admin(cast))

    assert shown(client) == ["2", "1"]
    assert [row["Details"] for row in exported(client) if row["Details"].startswith('{"number')] == [
        '{"number": 1}',
        '{"number": 2}',
    ]


def test_a_right_in_another_brand_shows_nothing_here(cast: Cast, client: Client) -> None:
    a_membership(user=cast.author, group=root_group(cast.other_brand), role=Role.ADMIN)
    client.force_login(cast.author)

    assert client.get(reverse(PAGE)).status_code == 404


def test_a_row_says_what_who_when_and_from_where(cast: Cast, client: Client) -> None:
    root = root_group(cast.brand)
    Group.objects.filter(pk=root.pk).update(time_zone="America/Los_Angeles")
    cast.author.acted_by = cast.admin
    with time_machine.travel(datetime(2026, 7, 1, 20, 30, 5, tzinfo=UTC), tick=False):
        an_event("mailing.approved", group=cast.store, actor=cast.author, digest="abc")
    client.force_login(cast.admin)

    page = client.get(reverse(PAGE), {"family": "mailing"}).content.decode()

    for words in (
        "A mailing was approved.",
        "Northwind Coffee Portland",
        "Ade Admin",
        "in the name of Lou Author",
        "July 1, 2026",
        "13:30:05 PDT",
        "All times in America/Los_Angeles",
        "<code>digest</code> abc",
    ):
        assert words in page


def test_filters_narrow_the_trail_together(cast: Cast, client: Client) -> None:
    an_event("mailing.approved", group=cast.store, actor=cast.approver, number=1)
    an_event("mailing.submitted", group=cast.next_store, actor=cast.author, number=2)
    an_event("template.published", brand=cast.brand, actor=cast.manager, number=3)
    cast.author.acted_by = cast.admin
    an_event("look.changed", group=cast.far_store, actor=cast.author, number=4)
    client.force_login(cast.admin)

    assert shown(client, family="mailing") == ["2", "1"]
    assert shown(client, person="lou") == ["4", "2"]
    assert shown(client, person=cast.admin.email) == ["4"]
    assert shown(client, group="Americ") == ["2", "1"]
    assert shown(client, group=cast.store.code.lower()) == ["1"]
    assert shown(client, kind="brand") == ["3"]
    assert shown(client, kind="group", target=cast.far_store.pk) == ["4"]
    assert shown(client, family="mailing", person="Lou Author", group=cast.region.name) == ["2"]
    assert shown(client, family="template", person=cast.author.email) == []


def test_days_count_whole_and_in_the_brands_zone(cast: Cast, client: Client) -> None:
    Group.objects.filter(brand=cast.brand, parent=None).update(time_zone="America/Los_Angeles")
    # Midnight of July 1 there is 07:00 UTC.
    for number, (day, hour, minute) in enumerate(((1, 6, 59), (1, 7, 0), (2, 6, 59), (2, 7, 0)), start=1):
        with time_machine.travel(datetime(2026, 7, day, hour, minute, tzinfo=UTC), tick=False):
            an_event(group=cast.store, number=number)
    client.force_login(cast.admin)

    assert shown(client, since="2026-07-01", until="2026-07-01") == ["3", "2"]
    assert shown(client, until="2026-06-30") == ["1"]
    assert shown(client, since="2026-07-02", until="2026-07-02") == ["4"]


@pytest.mark.parametrize(
    ("field", "typed"),
    [("since", "yesterday"), ("until", "0001-01-01"), ("until", "9999-12-31"), ("target", "lou@example.com")],
)
def test_what_cannot_be_read_is_said_at_the_field_and_shows_nothing(
    cast: Cast, client: Client, field: str, typed: str
) -> None:
    client.force_login(cast.admin)
    before = Event.objects.count()

    page = client.get(reverse(PAGE), {field: typed})
    taken = client.post(reverse(EXPORT), {field: typed})

    assert (page.status_code, taken.status_code) == (422, 422)
    assert list(page.context["form"].errors) == [field]
    assert page.context["lines"] == []
    assert Event.objects.count() == before


def test_forged_choices_of_another_brand_do_not_exist(cast: Cast, client: Client) -> None:
    foreign = an_event("member.added", group=root_group(cast.other_brand), actor=cast.outsider)
    before = Event.objects.count()
    client.force_login(cast.admin)

    for name, forged in (
        ("family", "secrets"),
        ("kind", "session"),
        ("before", foreign.pk),
        ("after", foreign.pk),
        ("before", "9" * 30),
        ("after", "-1"),
    ):
        assert client.get(reverse(PAGE), {name: forged}).status_code == 404, name
        if name not in ("before", "after"):
            assert client.post(reverse(EXPORT), {name: forged}).status_code == 404, name
    assert shown(client, target=foreign.target_id) == []
    assert shown(client, person=cast.outsider.name) == []
    assert shown(client, group=root_group(cast.other_brand).code) == []
    assert Event.objects.count() == before


def test_forged_choices_of_a_neighbour_do_not_exist(cast: Cast, client: Client) -> None:
    elsewhere = an_event(group=cast.far_store, actor=cast.manager)
    client.force_login(a_regional_admin(cast))

    assert client.get(reverse(PAGE), {"before": elsewhere.pk}).status_code == 404
    assert shown(client, person=cast.manager.name) == []
    assert shown(client, group=cast.far_store.code) == []
    assert cast.manager.name not in client.get(reverse(PAGE)).content.decode()


def test_people_who_left_are_still_found(cast: Cast, client: Client) -> None:
    an_event(group=cast.store, actor=cast.author, number=1)
    cast.author.memberships.all().delete()
    client.force_login(cast.admin)

    assert shown(client, person=cast.author.name) == ["1"]


def test_the_trail_is_turned_page_by_page_in_both_directions(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)
    with time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC), tick=False):
        for number in range(5):
            an_event("mailing.edited", group=cast.store, number=number)
    client.force_login(cast.admin)
    turned, address = [], f"{reverse(PAGE)}?family=mailing"
    while address:
        page = client.get(address)
        turned.append([line.event.detail["number"] for line in page.context["lines"]])
        older = page.context["page"].older
        last, address = address, f"{reverse(PAGE)}?family=mailing&before={older}" if older else ""
    back = client.get(reverse(PAGE), {"family": "mailing", "after": page.context["page"].newer})
    front = client.get(reverse(PAGE), {"family": "mailing", "after": back.context["page"].newer})

    assert turned == [[4, 3], [2, 1], [0]]
    assert parse_qs(urlsplit(last).query)["family"] == ["mailing"]
    assert [line.event.detail["number"] for line in back.context["lines"]] == [2, 1]
    assert [line.event.detail["number"] for line in front.context["lines"]] == [4, 3]
    assert (front.context["page"].newer, back.context["page"].older is not None) == (None, True)


def test_a_page_asks_no_more_for_many_events(cast: Cast, client: Client) -> None:
    client.force_login(cast.admin)
    an_event(group=cast.store, actor=cast.author)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(PAGE))
    for number in range(40):
        group = (cast.store, cast.next_store, cast.far_store)[number % 3]
        an_event("mailing.edited", group=group, actor=cast.everybody[number % 6], number=number)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(PAGE))

    assert len(many) == len(few)


def test_a_trail_without_events_and_a_filter_without_any_say_so(client: Client) -> None:
    brand = Brand.objects.create(name="New", slug="new", host_name="testserver")
    root = Group.objects.create(brand=brand, code="new", name="New", kind=GroupKind.BRAND)
    GroupPath.objects.create(ancestor=root, descendant=root, depth=0)
    ship_roles(brand)
    client.force_login(a_person(role=Role.ADMIN, group=root))

    empty = client.get(reverse(PAGE)).content.decode()
    filtered = client.get(reverse(PAGE), {"family": "contact"}).content.decode()

    assert "Nothing has happened yet" in empty
    assert "No event matches this filter." in filtered


def test_an_export_holds_every_event_and_is_an_event_itself(cast: Cast, client: Client) -> None:
    an_event("mailing.approved", group=cast.store, actor=cast.approver, number=1)
    while seal_chunk(cast.brand.pk):
        pass
    an_event("mailing.approved", group=cast.store, actor=cast.approver, number=2)
    an_event("template.published", brand=cast.brand, number=3)
    client.force_login(cast.admin)

    rows = exported(client, family="mailing", group=cast.store.code, person="ana")

    assert [(row["Details"], row["Person"], row["Code of the group"], row["Seal"]) for row in rows] == [
        ('{"number": 1}', "Ana Approver", cast.store.code, "1"),
        ('{"number": 2}', "Ana Approver", cast.store.code, ""),
    ]
    assert rows[0]["Event"] == "A mailing was approved."
    noted = Event.objects.get(action="trail.exported")
    assert (noted.actor, noted.brand, noted.group, noted.target_id) == (
        cast.admin,
        cast.brand,
        None,
        str(cast.brand.pk),
    )
    assert noted.detail == {"events": 2, "filter": f"person=%E2%80%A6&family=mailing&group={cast.store.code}"}


def test_an_export_is_complete_beyond_one_piece(cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "CHUNK", 3)
    with time_machine.travel(datetime(2026, 7, 1, tzinfo=UTC), tick=False):
        for number in range(7):
            an_event("mailing.edited", group=cast.store, number=number)
    client.force_login(cast.admin)

    assert [row["Details"] for row in exported(client, family="mailing")] == [
        f'{{"number": {number}}}' for number in range(7)
    ]


def test_no_cell_of_an_export_is_a_formula(cast: Cast, client: Client) -> None:
    Group.objects.filter(pk=cast.store.pk).update(name='=HYPERLINK("http://evil.example";"Store")')
    User.objects.filter(pk=cast.author.pk).update(name="@SUM(1+1)")
    an_event("mailing.edited", group=cast.store, actor=cast.author)
    client.force_login(cast.admin)

    row = exported(client, family="mailing")[0]

    assert row["Group"] == '\'=HYPERLINK("http://evil.example";"Store")'
    assert row["Person"] == "'@SUM(1+1)"


def test_nothing_in_a_row_is_markup(cast: Cast, client: Client) -> None:
    an_event("mailing.deleted", group=cast.store, actor=cast.author, name="<script>alert(1)</script>")
    client.force_login(cast.admin)

    page = client.get(reverse(PAGE)).content.decode()

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
