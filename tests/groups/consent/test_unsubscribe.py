"""The public unsubscribe page: looking changes nothing, asking does, and nobody has to sign in."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groups.models import Contact, Event, Suppression, SyncState
from tests.builders import Cast, a_contact, an_audience, root_group

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(cast: Cast) -> Contact:
    return a_contact(audience=an_audience(group=cast.store), sync_state=SyncState.SYNCED)


def page_of(contact: Contact, cast: Cast) -> str:
    """Gives the address that a mail of the store carries."""
    return reverse("groups:unsubscribe", kwargs={"group_id": cast.store.pk, "token": contact.token})


def test_looking_at_the_page_changes_nothing(cast: Cast, contact: Contact, client: Client) -> None:
    response = client.get(page_of(contact, cast))
    client.head(page_of(contact, cast))

    assert response.status_code == 200
    assert "Mail from Northwind Coffee Portland" in response.content.decode()
    assert "All mail from Northwind Coffee" in response.content.decode()
    assert contact.email not in response.content.decode()
    assert Suppression.objects.count() == 0


@pytest.mark.parametrize(("scope", "is_brand_wide"), [("group", False), ("brand", True), ("", True)])
def test_a_person_leaves_the_group_or_the_brand(
    cast: Cast, contact: Contact, client: Client, scope: str, is_brand_wide: bool
) -> None:
    response = client.post(page_of(contact, cast), {"scope": scope})

    assert "You are unsubscribed" in response.content.decode()
    suppression = Suppression.objects.get()
    assert suppression.contact == contact
    assert suppression.group == (None if is_brand_wide else cast.store)
    contact.refresh_from_db()
    assert contact.sync_state == SyncState.PENDING
    assert Event.objects.get(action="contact.unsubscribed").detail == {"is_brand_wide": is_brand_wide}


def test_asking_twice_changes_nothing_more(cast: Cast, contact: Contact, client: Client) -> None:
    client.post(page_of(contact, cast), {"scope": "brand"})
    Contact.objects.update(sync_state=SyncState.SYNCED)

    client.post(page_of(contact, cast), {"scope": "brand"})

    assert Suppression.objects.count() == 1
    assert Contact.objects.get().sync_state == SyncState.SYNCED


def test_everybody_with_the_address_leaves(cast: Cast, contact: Contact, client: Client) -> None:
    twin = a_contact(brand=cast.brand, email=contact.email)
    elsewhere = a_contact(brand=cast.other_brand, email=contact.email)

    client.post(page_of(contact, cast), {"scope": "brand"})

    assert set(Suppression.objects.values_list("contact", flat=True)) == {contact.pk, twin.pk}
    assert not elsewhere.suppressions.exists()


def test_the_one_click_header_leaves_the_brand_without_a_token(cast: Cast, contact: Contact) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(page_of(contact, cast), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert Suppression.objects.get().group is None


@pytest.mark.parametrize("body", [{"scope": "brand"}, {"List-Unsubscribe": "One-Click", "scope": "group"}, {}])
def test_any_other_post_needs_its_token(cast: Cast, contact: Contact, body: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(page_of(contact, cast), body)

    assert response.status_code == 403
    assert Suppression.objects.count() == 0


def test_the_page_itself_works_with_its_token(cast: Cast, contact: Contact) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(page_of(contact, cast))

    body = {"scope": "group", "csrfmiddlewaretoken": strict.cookies["csrftoken"].value}
    response = strict.post(page_of(contact, cast), body)

    assert response.status_code == 200
    assert Suppression.objects.get().group == cast.store


def test_head_office_mail_offers_the_brand_only(cast: Cast, contact: Contact, client: Client) -> None:
    address = reverse("groups:unsubscribe", kwargs={"group_id": root_group(cast.brand).pk, "token": contact.token})

    page = client.get(address).content.decode()
    client.post(address, {"scope": "group"})

    assert 'value="group"' not in page
    assert Suppression.objects.get().group is None


@pytest.mark.parametrize("token", ["%00", "a%00b", "a%0Ab", "%ED%B3%BF", "x" * 65, "tok.en", "%D9%A1"])
def test_a_token_that_cannot_be_one_is_a_polite_404_and_reaches_no_query(
    cast: Cast, client: Client, token: str
) -> None:
    address = f"/u/{cast.store.pk}/{token}"

    with CaptureQueriesContext(connection) as queries:
        responses = (client.get(address), client.post(address, {"List-Unsubscribe": "One-Click"}))

    for response in responses:
        assert response.status_code == 404
        assert "This link does not work" in response.content.decode()
    assert not [query for query in queries.captured_queries if "groups_contact" in query["sql"]]


def test_an_unknown_link_is_a_polite_404(cast: Cast, contact: Contact, client: Client) -> None:
    unknown = reverse("groups:unsubscribe", kwargs={"group_id": cast.store.pk, "token": "no-such-token"})
    foreign = reverse(
        "groups:unsubscribe", kwargs={"group_id": root_group(cast.other_brand).pk, "token": contact.token}
    )
    for address in (unknown, foreign):
        for response in (client.get(address), client.post(address, {"List-Unsubscribe": "One-Click"})):
            assert response.status_code == 404
            assert "This link does not work" in response.content.decode()

    assert Suppression.objects.count() == 0
