"""Contacts are found by a part of address, ID or name: over a list, over a group and those below it, never beyond."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.consent.leaving import unsubscribe
from groups.contacts import searching
from groups.contacts.searching import Scope, page_of
from groups.models import Attribute, AudienceMember, Contact, ContactImport, ContactText, Group
from tests.builders import Cast, a_contact, an_audience, an_import, root_group

pytestmark = [pytest.mark.django_db, pytest.mark.catalogue("A4")]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes every list for one that is too large to be looked through."""
    monkeypatch.setattr(searching, "FEW_MEMBERS", 0)


def found(group: Group, words: str = "") -> list[str]:
    """Gives whom a search over a group finds."""
    return [contact.email for contact in page_of(Scope(group), words).contacts]


def a_person_of(group: Group, email: str, first: str = "", last: str = "", external_id: str = "") -> Contact:
    """Gives somebody on a list of a group."""
    audience = group.audiences.filter(name="Regulars").first() or an_audience(group=group, name="Regulars")
    names = {"first_name": first, "last_name": last}
    return a_contact(
        audience=audience,
        email=email,
        external_id=external_id,
        **{name: value for name, value in names.items() if value} or {"first_name": "-"},
    )


def test_a_group_lists_everybody_of_its_lists_and_of_those_below_once(cast: Cast) -> None:
    ana = a_person_of(cast.store, "ana@example.com")
    a_person_of(cast.next_store, "bo@example.com")
    a_person_of(cast.far_store, "cy@example.com")
    AudienceMember.objects.create(audience=an_audience(group=cast.region), contact=ana)
    a_contact(brand=cast.brand, email="nobody@example.com")

    assert found(cast.store) == ["ana@example.com"]
    assert found(cast.region) == ["ana@example.com", "bo@example.com"]
    assert found(root_group(cast.brand)) == ["ana@example.com", "bo@example.com", "cy@example.com"]


@pytest.mark.parametrize("words", ["ana", "NA@EX", "example", "c-77", "stone", "Anabel Sto"])
@pytest.mark.parametrize("is_large", [False, True])
def test_part_of_an_address_an_id_or_a_name_finds_a_person(
    cast: Cast, words: str, monkeypatch: pytest.MonkeyPatch, *, is_large: bool
) -> None:
    monkeypatch.setattr(searching, "FEW_MEMBERS", 0 if is_large else 20_000)
    root = root_group(cast.brand)
    a_person_of(root, "ana@example.com", "Anabel", "Stone", "C-77")
    a_person_of(root, "zz@other.test", "Xaver", "Quell", "Q-1")

    assert found(root, words) == ["ana@example.com"]


@pytest.mark.parametrize("words", ["Élodie", "élo", "%", "_", "\\", "o'neil"])
@pytest.mark.usefixtures("large")
def test_signs_that_mean_something_to_a_database_are_letters(cast: Cast, words: str) -> None:
    root = root_group(cast.brand)
    a_person_of(root, "elodie@example.com", "Élodie", "O'Neil")
    a_person_of(root, "other@example.com", "Ben", "Ash")

    hits = found(root, words)

    # SQLite knows the capital letters of ASCII alone.
    is_folded = words == "élo" and connection.vendor == "sqlite"
    expected = [] if words in ("%", "_", "\\") or is_folded else ["elodie@example.com"]
    assert hits == expected


def test_nobody_is_found_by_a_name_that_the_group_may_not_see(cast: Cast) -> None:
    root = root_group(cast.brand)
    person = a_person_of(cast.store, "ana@example.com", "Anabel", "Stone")
    AudienceMember.objects.create(audience=an_audience(group=root), contact=person)

    # The first name is a merge tag, which the brand shares; the last name was brought by nobody of the store.
    assert found(cast.store, "stone") == []
    assert found(cast.store, "anabel stone") == []
    assert found(cast.store, "anabel") == ["ana@example.com"]
    assert found(root, "stone") == ["ana@example.com"]

    done = an_import("customer_id,email,Last name\nC1,x@example.com,Y\n", group=cast.store, actor=cast.author)
    mapping = {"0": "external_id", "1": "email", "2": "last_name"}
    ContactImport.objects.filter(pk=done.pk).update(rows_new=1, mapping=mapping)
    assert found(cast.store, "stone") == ["ana@example.com"]


@pytest.mark.usefixtures("large")
def test_of_many_people_fewer_than_three_letters_are_not_searched_for(cast: Cast) -> None:
    a_person_of(cast.store, "ana@example.com")

    page = page_of(Scope(cast.store), "an")

    assert (page.contacts, page.is_too_short) == ((), True)


def test_a_search_shows_so_many_people_and_says_that_there_are_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_HITS", 2)
    for number in range(3):
        a_person_of(cast.store, f"ana{number}@example.com")

    page = page_of(Scope(cast.store), "ana")

    assert (len(page.contacts), page.is_cut) == (2, True)


@pytest.mark.parametrize("is_large", [False, True])
def test_pages_lead_on_and_back_without_losing_or_doubling_anybody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, *, is_large: bool
) -> None:
    monkeypatch.setattr(searching, "FEW_MEMBERS", 0 if is_large else 20_000)
    monkeypatch.setattr(searching, "PAGE_SIZE", 2)
    emails = ["a@example.com", "b@example.com", "b@example.com", "c@example.com", "d@example.com"]
    for email in emails:
        a_person_of(cast.store, email)
    scope = Scope(cast.store)

    first = page_of(scope)
    second = page_of(scope, after=str(first.after))
    third = page_of(scope, after=str(second.after))
    back = page_of(scope, before=str(third.before))

    assert [contact.email for page in (first, second, third) for contact in page.contacts] == emails
    assert (first.before, third.after) == (None, None)
    assert back.contacts == second.contacts
    assert page_of(scope, before=str(second.before)).contacts == first.contacts
    assert page_of(scope, before=str(second.before)).before is None


def test_a_place_that_is_not_among_the_people_leads_to_the_first_page(cast: Cast) -> None:
    a_person_of(cast.store, "ana@example.com")
    stranger = a_person_of(cast.next_store, "bo@example.com")

    assert len(page_of(Scope(cast.store), after=str(stranger.pk)).contacts) == 1
    assert len(page_of(Scope(cast.store), after="nonsense").contacts) == 1


def test_the_pages_are_for_those_who_see_contacts_of_the_group(cast: Cast, client: Client) -> None:
    person = a_person_of(cast.store, "ana@example.com")
    unsubscribe(contact=person, group=None, source="page")
    address = reverse("groups:contact-list", args=[cast.store.pk])

    answers = {}
    for user in cast.everybody:
        client.force_login(user)
        answers[user.name] = client.get(address).status_code
    client.force_login(cast.author)
    page = client.get(address).content.decode()
    partial = client.get(f"{address}?q=ana", headers={"HX-Request": "true"}).content.decode()

    assert {name for name, status in answers.items() if status == 200} == {
        cast.author.name,
        cast.sender.name,
        cast.manager.name,
        cast.admin.name,
    }
    assert set(answers.values()) == {200, 404}
    assert "ana@example.com" in page
    assert "Gets no mail" in page
    assert "<html" in page
    assert "<html" not in partial
    assert "Nobody here matches" in client.get(f"{address}?q=zzz").content.decode()


def test_a_list_is_searched_by_the_same_rules(cast: Cast, client: Client) -> None:
    person = a_person_of(cast.store, "ana@example.com", "Anabel")
    audience = person.audience_members.get().audience
    a_contact(audience=an_audience(group=cast.store), email="ana.other@example.com")
    client.force_login(cast.author)

    page = client.get(reverse("groups:audience-show", args=[audience.pk]), {"q": "anabel"}).content.decode()

    assert "ana@example.com" in page
    assert "ana.other@example.com" not in page


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite reads the contacts themselves")
def test_the_text_follows_every_way_of_writing_contacts(cast: Cast) -> None:
    one, two = (a_contact(brand=cast.brand, email=f"{name}@example.com", first_name=name) for name in ("Ana", "Bo"))
    Contact.objects.filter(pk=one.pk).update(email="new@example.com")
    Contact.objects.bulk_update([Contact(pk=two.pk, attributes={"last_name": "Ray"})], ["attributes"])
    untouched = ContactText.objects.get(contact=one).text
    Contact.objects.filter(pk=one.pk).update(sync_error="said")

    texts = dict(ContactText.objects.values_list("contact", "text"))
    two_pk = two.pk
    two.delete()

    assert texts[one.pk] == untouched == f"new@example.com\n{one.external_id.lower()}\nana"
    assert texts[two_pk] == f"bo@example.com\n{two.external_id.lower()}\nray"
    assert not ContactText.objects.filter(contact=two_pk).exists()


def test_a_page_costs_the_same_for_one_person_and_for_many(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    address = reverse("groups:contact-list", args=[cast.store.pk])
    a_person_of(cast.store, "ana@example.com")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(20):
        a_person_of(cast.store, f"p{number}@example.com")
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert len(many) == len(few)


def test_the_names_that_are_searched_are_attributes_of_the_brand(cast: Cast) -> None:
    Attribute.objects.filter(brand=cast.brand, name="first_name").delete()
    a_person_of(cast.store, "ana@example.com", "Anabel")

    assert page_of(Scope(cast.store), "anabel").names == ()
    assert found(cast.store, "anabel") == []
