"""The page behind an unsubscribe link: what it asks, what it shows, and how a mistake is taken back."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.consent.suppressing import suppress
from groups.models import (
    Audience,
    Brand,
    Contact,
    Event,
    Lift,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    UnsubscribeScope,
)
from tests.builders import Cast, a_contact, a_workspace, an_audience, root_group
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def audience(cast: Cast) -> Audience:
    return an_audience(group=cast.store)


@pytest.fixture
def contact(audience: Audience) -> Contact:
    return a_contact(audience=audience, email="maya@example.com")


def page_of(contact: Contact, cast: Cast) -> str:
    """Gives the address that a mail of the store carries."""
    return reverse("groups:unsubscribe", kwargs={"group_id": cast.store.pk, "token": contact.token})


@pytest.mark.catalogue("A10")
def test_the_page_names_the_stores_that_mail_a_person_and_asks_which_to_stop(
    cast: Cast, contact: Contact, client: Client
) -> None:
    a_contact(audience=an_audience(group=cast.next_store), email=contact.email)
    an_audience(group=cast.far_store, contacts=1)

    page = client.get(page_of(contact, cast)).content.decode()

    assert "<li>Northwind Coffee Portland</li>" in page
    assert "<li>Northwind Coffee Astoria</li>" in page
    assert "Leipzig" not in page
    assert 'value="group"' in page
    assert 'value="brand"' in page


@pytest.mark.catalogue("A10")
def test_who_left_one_store_sees_which_still_mail_them(cast: Cast, contact: Contact, client: Client) -> None:
    a_contact(audience=an_audience(group=cast.next_store), email=contact.email)

    page = client.post(page_of(contact, cast), {"scope": "group"}).content.decode()

    assert "You still get mail from:" in page
    assert "<li>Northwind Coffee Astoria</li>" in page
    assert "<li>Northwind Coffee Portland</li>" not in page


@pytest.mark.catalogue("A11")
def test_where_the_brand_says_so_leaving_one_store_is_leaving_all(cast: Cast, contact: Contact, client: Client) -> None:
    Brand.objects.filter(pk=cast.brand.pk).update(unsubscribe_scope=UnsubscribeScope.BRAND)

    page = client.get(page_of(contact, cast)).content.decode()
    client.post(page_of(contact, cast), {"scope": "group"})

    assert 'value="group"' not in page
    assert Suppression.objects.get().group is None
    assert Suppression.objects.get().origin == SuppressionOrigin.PAGE


def test_the_page_speaks_the_language_of_the_browser(cast: Cast, contact: Contact, client: Client) -> None:
    page = client.get(page_of(contact, cast), headers={"accept-language": "de"}).content.decode()

    assert '<html lang="de"' in page


@pytest.mark.parametrize("scope", ["group", "brand"])
def test_a_mistake_is_taken_back_and_kept_as_consent_given_again(
    cast: Cast, contact: Contact, client: Client, scope: str
) -> None:
    name = cast.store.name if scope == "group" else cast.brand.name
    text = f"I did not mean to unsubscribe. I want to go on getting mail from {name}."
    left = client.post(page_of(contact, cast), {"scope": scope}).content.decode()

    page = client.post(page_of(contact, cast), {"act": "undo", "scope": scope}).content.decode()

    assert text in left
    assert "You go on getting mail" in page
    assert Suppression.objects.count() == 0
    lift = Lift.objects.get()
    assert (lift.contact, lift.address, lift.is_renewed, lift.statement, lift.lifted_by) == (
        contact,
        "maya@example.com",
        True,
        text,
        None,
    )
    contact.refresh_from_db()
    assert (contact.consent_source, contact.consent_on, contact.consent_text) == (
        "unsubscribe page",
        timezone.localdate(),
        text,
    )
    assert Event.objects.get(action="contact.consented_again").detail == {"is_brand_wide": scope == "brand"}


def test_nothing_but_what_the_page_did_within_the_hour_is_taken_back(
    cast: Cast, contact: Contact, client: Client
) -> None:
    unsubscribe(contact=contact, group=None, origin=SuppressionOrigin.ONE_CLICK)
    for reason, origin in ((SuppressionReason.COMPLAINT, SuppressionOrigin.HAND),):
        suppress(brand=cast.brand, addresses=[contact.email], group=None, reason=reason, origin=origin)
    client.post(page_of(contact, cast), {"scope": "group"})
    Suppression.objects.filter(origin=SuppressionOrigin.PAGE).update(created_at=timezone.now() - timedelta(minutes=61))

    for scope in ("group", "brand"):
        page = client.post(page_of(contact, cast), {"act": "undo", "scope": scope}).content.decode()
        assert "You are unsubscribed already" in page

    assert Suppression.objects.count() == 3
    assert Lift.objects.count() == 0


def test_looking_takes_nothing_back_and_a_forged_post_needs_its_token(cast: Cast, contact: Contact) -> None:
    unsubscribe(contact=contact, group=None, origin=SuppressionOrigin.PAGE)
    strict = Client(enforce_csrf_checks=True)

    strict.get(page_of(contact, cast) + "?act=undo&scope=brand")
    response = strict.post(page_of(contact, cast), {"act": "undo", "scope": "brand"})

    assert response.status_code == 403
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_token_of_a_brand_does_nothing_on_the_host_of_another(
    cast: Cast, contact: Contact, client: Client, verb: str, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]

    response = getattr(client, verb)(page_of(contact, cast), headers={"host": "harbor.testserver"})

    assert response.status_code == 404
    assert contact.email not in response.content.decode()
    assert Suppression.objects.count() == 0


def test_a_token_of_a_brand_with_the_group_of_another_does_nothing(cast: Cast, contact: Contact) -> None:
    theirs = a_contact(brand=cast.other_brand)
    address = reverse("groups:unsubscribe", kwargs={"group_id": cast.store.pk, "token": theirs.token})

    responses = [Client().post(address, {"List-Unsubscribe": "One-Click"}), Client().post(address, {"act": "undo"})]

    assert [response.status_code for response in responses] == [404, 404]
    assert Suppression.objects.count() == 0


def test_whoever_asks_far_too_often_waits_and_what_they_chose_stands(
    cast: Cast, contact: Contact, client: Client
) -> None:
    cache.clear()

    answers = [client.post(page_of(contact, cast), {"scope": "group"}).status_code for _ in range(21)]
    other = a_contact(audience=an_audience(group=cast.store))

    assert answers == [200] * 20 + [429]
    assert Suppression.objects.filter(contact=contact).count() == 1
    assert client.get(page_of(contact, cast)).status_code == 200
    assert client.post(page_of(other, cast), {"scope": "brand"}).status_code == 200


def test_guessing_links_is_held_back_and_a_real_link_of_the_same_network_is_not(
    cast: Cast, contact: Contact, client: Client
) -> None:
    cache.clear()
    unknown = reverse("groups:unsubscribe", kwargs={"group_id": cast.store.pk, "token": "no-such-token"})

    answers = {client.get(unknown).status_code for _ in range(120)}
    after = client.get(unknown)

    assert answers == {404}
    assert (after.status_code, after["Retry-After"]) == (429, "60")
    assert client.post(page_of(contact, cast), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Suppression.objects.get().origin == SuppressionOrigin.ONE_CLICK


def test_braze_hears_of_leaving_and_of_coming_back_once(
    cast: Cast, contact: Contact, client: Client, sandbox: RunningSandbox
) -> None:
    workspace = a_workspace(brand=cast.brand, endpoint=sandbox.url)
    client.post(page_of(contact, cast), {"scope": "brand"})
    sync_contacts(workspace.pk)
    gone = sandbox.profile(contact.external_id).email_subscribe

    client.post(page_of(contact, cast), {"act": "undo", "scope": "brand"})
    sync_contacts(workspace.pk)
    back = sandbox.profile(contact.external_id)
    assert back is not None
    state, groups = back.email_subscribe, back.custom["smartersends_excluded_groups"]
    sandbox.state.profiles.set_email_state(contact.email, "unsubscribed", time.time())
    Contact.objects.update(sync_state="pending")
    sync_contacts(workspace.pk)

    assert (gone, state, groups) == ("unsubscribed", "subscribed", [])
    assert sandbox.profile(contact.external_id).email_subscribe == "unsubscribed"


@pytest.mark.catalogue("A10")
def test_mail_of_head_office_never_shows_the_store(cast: Cast, contact: Contact, client: Client) -> None:
    address = reverse("groups:unsubscribe", kwargs={"group_id": root_group(cast.brand).pk, "token": contact.token})

    page = client.get(address).content.decode()

    assert 'value="group"' not in page
    assert "All mail from Northwind Coffee" in page
