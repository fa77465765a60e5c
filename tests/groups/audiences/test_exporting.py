"""The people of a list as CSV: who may take them, what of them, and the trail of it."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from groups import access
from groups.audiences import exporting
from groups.consent.leaving import unsubscribe
from groups.models import (
    Attribute,
    Audience,
    AudienceKind,
    AudienceMember,
    Contact,
    ContactImport,
    Event,
    FeatureSwitch,
    Group,
    Suppression,
    SuppressionReason,
    SyncState,
    User,
)
from groups.people.roles import create_role
from groups.roles import Feature, Permission, Role
from tests.builders import Cast, a_contact, a_membership, a_person, an_audience, root_group
from tests.campaigns.costs import cost_of
from tests.exports import alive, rows_of

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("A8")]

# See contacts, manage them, overwrite an audience, export it: the rows of product.md, section 4.
TABLE = {
    Role.ADMIN: "see edit replace export",
    Role.BRAND_MANAGER: "see edit replace",
    Role.REGIONAL_MANAGER: "see edit replace",
    Role.APPROVER: "",
    Role.REVIEWER: "",
    Role.LOCAL_SENDER: "see edit",
    Role.LOCAL_AUTHOR: "see edit",
    Role.READ_ONLY: "",
}
RIGHTS = {
    "see": Permission.SEE_CONTACTS,
    "edit": Permission.MANAGE_CONTACTS,
    "replace": Permission.OVERWRITE_AUDIENCE,
    "export": Permission.EXPORT_AUDIENCES,
}


def address_of(audience: Audience) -> str:
    """Gives the address of a list's export."""
    return reverse("groups:audience-export", args=[audience.pk])


def exported(client: Client, audience: Audience) -> list[list[str]]:
    """Gives the rows of an export, its head first."""
    return rows_of(client.post(address_of(audience)))


def noted() -> list[Event]:
    """Gives what the trail says of exports of lists."""
    return list(Event.objects.filter(action="audience.exported").order_by("pk"))


def a_file_brought(group: Group, *attributes: str, rows: int = 1) -> ContactImport:
    """Gives a file that was imported into a list of a group, with columns of these attributes."""
    mapping = {str(position): name for position, name in enumerate(("external_id", "email", *attributes))}
    return ContactImport.objects.create(
        audience=an_audience(group=group), uploaded_by=a_person(group=group), mapping=mapping, rows_new=rows
    )


def done_by(user: User, audience: Audience, client: Client) -> set[str]:
    """Gives what somebody can do to a list by its pages, and whether they may replace it."""
    client.force_login(user)
    contact = a_contact(audience=audience)
    page = client.get(reverse("groups:audience-show", args=[audience.pk]))
    taken_off = client.post(reverse("groups:audience-contact-remove", args=[audience.pk, contact.pk]))
    export = client.post(address_of(audience))
    assert {page.status_code, export.status_code} <= {200, 404}
    assert taken_off.status_code in (302, 404)
    done = {
        "see": page.status_code == 200,
        "edit": not AudienceMember.objects.filter(contact=contact).exists(),
        "replace": access.may(user, Permission.OVERWRITE_AUDIENCE, audience.group),
        "export": export.status_code == 200,
    }
    return {name for name, is_done in done.items() if is_done}


@pytest.mark.parametrize("role", list(Role))
def test_a_shipped_role_may_do_to_a_list_what_the_table_says(cast: Cast, client: Client, role: Role) -> None:
    audience = an_audience(group=cast.store, contacts=1)

    done = done_by(a_person(role=role, group=cast.store), audience, client)

    assert done == set(TABLE[role].split())
    assert len(noted()) == ("export" in done)


@pytest.mark.parametrize("held", [("see",), ("see", "edit"), ("see", "replace"), ("see", "export")])
def test_seeing_editing_replacing_and_exporting_are_asked_apart(
    cast: Cast, client: Client, held: tuple[str, ...]
) -> None:
    role = create_role(
        brand=cast.brand, name="Of their own", permissions={RIGHTS[name] for name in held}, actor=cast.admin
    )
    audience = an_audience(group=cast.store, contacts=1)
    user = User.objects.create_user("own@example.com", name="Own")
    a_membership(user=user, group=cast.store, role=role)

    assert done_by(user, audience, client) == set(held)


def test_whoever_may_not_see_contacts_exports_none(cast: Cast, client: Client) -> None:
    role = create_role(brand=cast.brand, name="Blind", permissions={RIGHTS["edit"], RIGHTS["export"]}, actor=cast.admin)
    audience = an_audience(group=cast.store, contacts=1)
    user = User.objects.create_user("blind@example.com", name="Blind")
    a_membership(user=user, group=cast.store, role=role)
    client.force_login(user)

    assert client.post(address_of(audience)).status_code == 404
    assert noted() == []


def test_nobody_else_takes_a_list_and_nothing_is_noted_of_the_attempt(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=2)
    before = Event.objects.count()

    for user in cast.without(cast.admin):
        client.force_login(user)
        assert client.post(address_of(audience)).status_code == 404, user.name
    client.logout()
    assert client.post(address_of(audience)).status_code == 302

    assert Event.objects.count() == before


def test_an_export_is_no_link_that_somebody_follows(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=2)
    client.force_login(cast.admin)

    assert client.get(address_of(audience)).status_code == 405
    assert noted() == []


def test_forged_ids_lead_nowhere(cast: Cast, client: Client) -> None:
    an_audience(group=cast.store, contacts=1)
    foreign = an_audience(group=root_group(cast.other_brand), contacts=1)
    next_door = an_audience(group=cast.next_store, contacts=1)
    of_a_store = a_person(role=Role.ADMIN, group=cast.store)

    client.force_login(cast.admin)
    assert client.post(address_of(foreign)).status_code == 404
    for forged in (uuid.uuid4(), Contact.objects.earliest("pk").pk, cast.store.pk):
        assert client.post(reverse("groups:audience-export", args=[forged])).status_code == 404
    client.force_login(of_a_store)
    assert client.post(address_of(next_door)).status_code == 404

    assert noted() == []


def test_a_role_in_both_brands_exports_on_each_ones_own_pages_alone(
    cast: Cast, client: Client, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "harbor.testserver"]
    foreign = an_audience(group=root_group(cast.other_brand), contacts=1)
    a_membership(user=cast.admin, group=root_group(cast.other_brand), role=Role.ADMIN)
    client.force_login(cast.admin)

    assert client.post(address_of(foreign)).status_code == 404
    assert noted() == []
    assert client.post(address_of(foreign), headers={"host": "harbor.testserver"}).status_code == 200
    assert [event.brand for event in noted()] == [cast.other_brand]


@pytest.mark.parametrize("above", ["store", "region"])
def test_where_exports_are_switched_off_nobody_takes_any(cast: Cast, client: Client, above: str) -> None:
    audience = an_audience(group=cast.store, contacts=1)
    FeatureSwitch.objects.create(group=getattr(cast, above), feature=Feature.EXPORTS)
    client.force_login(cast.admin)

    page = client.get(reverse("groups:audience-show", args=[audience.pk])).content.decode()

    assert address_of(audience) not in page
    assert client.post(address_of(audience)).status_code == 404
    assert noted() == []


def test_the_page_offers_the_export_with_its_number_to_those_with_the_right(cast: Cast, client: Client) -> None:
    one, many = an_audience(group=cast.store, contacts=1), an_audience(group=cast.store, contacts=1040)
    nobody = an_audience(group=cast.store)

    def shown(user: User, audience: Audience) -> str:
        client.force_login(user)
        return client.get(reverse("groups:audience-show", args=[audience.pk])).content.decode()

    assert "Export 1 person</button>" in shown(cast.admin, one)
    page = shown(cast.admin, many)
    assert "Export 1,040 people</button>" in page
    assert "The file holds personal data" in page
    assert "The audit trail records who exported this list" in page
    assert address_of(nobody) not in shown(cast.admin, nobody)
    for user in (cast.author, cast.sender, cast.manager):
        assert address_of(many) not in shown(user, many)


def test_a_row_says_who_with_which_consent_and_whether_they_may_be_mailed(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    anna = a_contact(audience=audience, external_id="C1", email="anna@example.com", first_name="Anna")
    Contact.objects.filter(pk=anna.pk).update(consent_source="till card", consent_on=date(2026, 3, 9))
    for number, reason in ((2, SuppressionReason.UNSUBSCRIBED), (3, SuppressionReason.COMPLAINT)):
        contact = a_contact(audience=audience, external_id=f"C{number}", email=f"c{number}@example.com", first_name="X")
        Suppression.objects.create(
            contact=contact, brand=cast.brand, address=contact.email, group=None, reason=reason, source="test"
        )
    a_contact(
        audience=audience, external_id="C4", email="c4@example.com", sync_state=SyncState.REFUSED, first_name="Dora"
    )
    elsewhere = a_contact(audience=audience, external_id="C5", email="c5@example.com", first_name="Eve")
    unsubscribe(contact=elsewhere, group=cast.next_store, source="unsubscribe page")
    a_contact(audience=an_audience(group=cast.store))
    client.force_login(cast.admin)

    head, *rows = exported(client, audience)

    assert head == [
        "External ID",
        "Email address",
        "First name",
        "Consent source",
        "Consent date",
        "Mail to this person",
        "Why",
    ]
    assert sorted(rows) == [
        ["C1", "anna@example.com", "Anna", "till card", "2026-03-09", "May be mailed", ""],
        ["C2", "c2@example.com", "X", "", "", "Gets no mail", "Unsubscribed"],
        ["C3", "c3@example.com", "X", "", "", "Gets no mail", "Marked as spam"],
        ["C4", "c4@example.com", "Dora", "", "", "Gets no mail", "Refused by Braze"],
        ["C5", "c5@example.com", "Eve", "", "", "May be mailed", ""],
    ]


def test_a_group_sees_what_its_files_brought_and_what_the_brand_shares(cast: Cast, client: Client) -> None:
    values = {"first_name": "Maya", "city": "Portland", "points": 12.5, "is_member": True, "shoe_size": 42}
    contact = a_contact(brand=cast.brand, external_id="C1", email="maya@example.com", **values)
    here, next_door, above = (an_audience(group=group) for group in (cast.store, cast.next_store, cast.region))
    of_the_brand = an_audience(group=root_group(cast.brand))
    for audience in (here, next_door, above, of_the_brand):
        AudienceMember.objects.create(audience=audience, contact=contact)
    a_file_brought(cast.store, "points", "is_member")
    a_file_brought(cast.next_store, "city")
    a_file_brought(cast.next_store, "birthday", rows=0)
    client.force_login(cast.admin)

    seen = {audience.group.name: exported(client, audience) for audience in (here, next_door, above, of_the_brand)}

    assert {name: (head[2:-4], row[2:-4]) for name, (head, row) in seen.items()} == {
        "Northwind Coffee Portland": (["First name", "Member", "Points"], ["Maya", "yes", "12.5"]),
        "Northwind Coffee Astoria": (["City", "First name"], ["Portland", "Maya"]),
        "Americas": (["First name"], ["Maya"]),
        "Northwind Coffee": (
            ["Birthday", "City", "First name", "Last name", "Member", "Last visit", "Points"],
            ["", "Portland", "Maya", "", "yes", "", "12.5"],
        ),
    }
    assert [event.detail["attributes"] for event in noted()][:3] == [
        "first_name, is_member, points",
        "city, first_name",
        "first_name",
    ]


def test_what_the_brand_allows_no_longer_is_not_in_the_file(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    a_contact(audience=audience, external_id="C1", email="c1@example.com", city="Portland", first_name="Maya")
    a_file_brought(cast.store, "city")
    Attribute.objects.filter(brand=cast.brand, name="city").delete()
    client.force_login(cast.admin)

    assert "Portland" not in str(exported(client, audience))


def test_the_trail_says_who_took_which_list_and_how_many(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=7)
    client.force_login(cast.admin)

    rows = exported(client, audience)
    page = client.get(reverse("groups:event-list"), {"family": "audience"}).content.decode()

    (event,) = noted()
    assert len(rows) == 1 + 7
    assert (event.actor, event.group, event.target_kind, event.target_id) == (
        cast.admin,
        cast.store,
        "audience",
        str(audience.pk),
    )
    assert event.detail == {"people": 7, "attributes": "first_name"}
    assert "The people of a list were exported." in page


def test_what_was_asked_for_and_never_read_is_noted_all_the_same(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=3)
    client.force_login(cast.admin)

    client.post(address_of(audience))

    assert [event.detail["people"] for event in noted()] == [3]


@pytest.mark.parametrize("kind", [AudienceKind.SEGMENT, AudienceKind.EVERYBODY])
def test_an_audience_that_only_braze_knows_is_refused_with_a_sentence(
    cast: Cast, client: Client, kind: AudienceKind
) -> None:
    audience = an_audience(group=cast.store, segment_id="s-1" if kind == AudienceKind.SEGMENT else "")
    Audience.objects.filter(pk=audience.pk).update(kind=kind)
    client.force_login(cast.admin)

    page = client.get(reverse("groups:audience-show", args=[audience.pk])).content.decode()
    answer = client.post(address_of(audience), follow=True)

    assert address_of(audience) not in page
    assert answer.redirect_chain[0] == (reverse("groups:audience-show", args=[audience.pk]), 302)
    assert "Braze alone knows the people of this audience" in answer.content.decode()
    assert noted() == []


def test_no_cell_is_a_formula(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store)
    contact = a_contact(
        audience=audience,
        external_id="@SUM(1)",
        email="+anna@example.com",
        first_name='=HYPERLINK("http://evil.example";"Click")',
    )
    Contact.objects.filter(pk=contact.pk).update(consent_source="-1+1")
    Attribute.objects.filter(brand=cast.brand, name="first_name").update(label="=1+1")
    client.force_login(cast.admin)

    head, row = exported(client, audience)

    assert head[2] == "'=1+1"
    assert row[:4] == [
        "'@SUM(1)",
        "'+anna@example.com",
        '\'=HYPERLINK("http://evil.example";"Click")',
        "'-1+1",
    ]


def test_the_file_speaks_the_language_of_the_person(cast: Cast, client: Client) -> None:
    User.objects.filter(pk=cast.admin.pk).update(language="de")
    audience = an_audience(group=cast.store, contacts=1)
    client.force_login(cast.admin)

    answer = client.post(address_of(audience))
    # A server reads the rows when the request, and its language, is over.
    with translation.override("en"):
        head, row = rows_of(answer)

    assert (head[1], row[-2]) == ("E-Mail-Adresse", "Darf E-Mails erhalten")


def test_who_comes_to_the_list_while_it_is_read_is_not_in_the_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    audience = an_audience(group=cast.store, contacts=7)
    before = {contact.external_id for contact in Contact.objects.all()}
    rows = exporting.export(audience=audience, actor=cast.admin)
    next(iter(rows))

    for _number in range(5):
        a_contact(audience=audience)
    gone = audience.members.filter(contact__external_id__in=before).order_by("-contact_id")[0]
    gone.delete()

    assert {next(iter(row)) for row in rows} == before - {gone.contact.external_id}
    assert [event.detail["people"] for event in noted()] == [7]


def test_a_long_list_comes_whole_in_pieces_of_three_queries_each(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    audience = an_audience(group=cast.store, contacts=9)

    def read() -> list[str]:
        return [str(next(iter(row))) for row in exporting.export(audience=audience, actor=cast.admin)]

    in_one = len(cost_of(read))
    monkeypatch.setattr(exporting, "CHUNK", 3)

    assert len(cost_of(read)) == in_one + 2 * 3
    assert sorted(read()[1:]) == sorted(Contact.objects.values_list("external_id", flat=True))


def test_the_page_asks_no_more_for_the_export_of_many(cast: Cast, client: Client) -> None:
    few, many = an_audience(group=cast.store, contacts=2), an_audience(group=cast.store, contacts=49)
    client.force_login(cast.admin)

    costs = [
        len(cost_of(lambda: client.get(reverse("groups:audience-show", args=[audience.pk]))))  # noqa: B023
        for audience in (few, many)
    ]

    assert costs[0] == costs[1]


def test_twenty_thousand_people_are_never_in_memory_together(cast: Cast, client: Client) -> None:
    audience = an_audience(group=cast.store, contacts=20_000)
    client.force_login(cast.admin)

    with alive(Contact) as contacts:
        lines = sum(1 for _line in client.post(address_of(audience)).streaming_content)  # type: ignore[attr-defined]

    assert lines == 1 + 20_000
    assert contacts.made == 20_000
    assert contacts.most <= 2 * exporting.CHUNK
