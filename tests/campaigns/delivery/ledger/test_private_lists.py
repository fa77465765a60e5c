"""The ledger of a mailing to a list that a group keeps to itself: those above read counts, and nobody's name."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.errors import NotAllowed
from campaigns.models import Delivery, Mailing, TestMail
from campaigns.testsend.queries import contacts_for
from campaigns.testsend.services import ask_for_tests
from groups.audiences.privacy import set_privacy
from groups.models import Audience, AudienceMember, Event, User
from groups.roles import Role
from tests.builders import Cast, a_membership, an_audience
from tests.campaigns.builders import a_connected, a_mailing, a_staged
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def kept(cast: Cast) -> Audience:
    """Gives a list of three people that the store keeps to itself."""
    audience = an_audience(group=cast.store, contacts=3)
    set_privacy(audience=audience, is_private=True, actor=cast.sender)
    audience.refresh_from_db()
    return audience


@pytest.fixture
def delivery(cast: Cast, kept: Audience, sandbox: RunningSandbox) -> Delivery:
    """Gives a staged delivery to them."""
    workspace = a_connected(cast.store, sandbox)
    return a_staged(a_mailing(group=cast.store, author=cast.sender, audience=kept), workspace)


def page(client: Client, person: User, name: str, pk: object) -> str:
    client.force_login(person)
    answer = client.get(reverse(f"campaigns:{name}", args=[pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.catalogue("A15")
def test_a_batch_names_nobody_to_those_above(cast: Cast, delivery: Delivery, client: Client) -> None:
    batch, address = delivery.batches.get(), delivery.recipients.first().address

    ours = page(client, cast.sender, "batch-detail", batch.pk)
    above = page(client, cast.admin, "batch-detail", batch.pk)

    assert address in ours
    assert address not in above
    assert "3 people" in above
    assert "keeps to itself" in above


@pytest.mark.catalogue("A15")
def test_those_above_export_none_of_its_recipients(cast: Cast, delivery: Delivery, client: Client) -> None:
    client.force_login(cast.admin)

    answer = client.post(reverse("campaigns:mailing-recipients-export", args=[delivery.mailing_id]))

    assert answer.status_code == 404
    assert not Event.objects.filter(action="mailing.recipients_exported").exists()
    a_membership(user=cast.admin, group=cast.store, role=Role.ADMIN)
    assert client.post(reverse("campaigns:mailing-recipients-export", args=[delivery.mailing_id])).status_code == 200


def test_the_page_of_a_contact_does_not_tell_those_above_of_its_mailings(
    cast: Cast, delivery: Delivery, client: Client
) -> None:
    contact = delivery.recipients.select_related("contact").first().contact
    AudienceMember.objects.create(audience=an_audience(group=cast.store, name="Open"), contact=contact)
    Mailing.objects.filter(pk=delivery.mailing_id).update(name="To the regulars")

    ours = page(client, cast.sender, "contact-detail", contact.pk)
    above = page(client, cast.admin, "contact-detail", contact.pk)

    assert "To the regulars" in ours
    assert "To the regulars" not in above


@pytest.mark.catalogue("A15")
def test_no_test_mail_shows_its_people_to_those_above(cast: Cast, kept: Audience, sandbox: RunningSandbox) -> None:
    a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.sender, audience=kept)
    contact = kept.members.select_related("contact").first().contact

    assert contacts_for(mailing, cast.sender).count() == 3
    assert contacts_for(mailing, cast.admin).count() == 0
    for actor, testers in ((cast.admin, [cast.sender]), (cast.sender, [cast.admin])):
        with pytest.raises(NotAllowed):
            ask_for_tests(mailing=mailing, testers=testers, contact=contact, actor=actor)
    assert TestMail.objects.count() == 0
