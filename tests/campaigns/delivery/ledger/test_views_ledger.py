"""Looking into the ledger: batches, who is in one, and every mailing of a contact; nobody sees what is not theirs."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Batch, BatchState, Delivery
from groups.consent.leaving import unsubscribe
from groups.models import Contact
from tests.builders import Cast, a_contact, an_audience
from tests.campaigns.builders import a_connected, a_mailing, a_planned, a_staged
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def delivery(cast: Cast, sandbox: RunningSandbox) -> Delivery:
    """Gives a staged delivery of 60 people in two batches."""
    workspace = a_connected(cast.store, sandbox)
    return a_staged(a_mailing(group=cast.store, author=cast.sender, people=60), workspace)


def page(client: Client, name: str, pk: object, **query: str) -> str:
    answer = client.get(reverse(f"campaigns:{name}", args=[pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_a_contact_two_clicks_lead_to_the_mailing_its_batch_and_its_dispatch_id(
    cast: Cast, delivery: Delivery, client: Client
) -> None:
    client.force_login(cast.sender)
    audience = delivery.mailing.audience
    assert audience is not None
    person = delivery.recipients.select_related("contact", "batch").order_by("contact__email")[0]  # on the first page

    listed = client.get(reverse("groups:audience-show", args=[audience.pk])).content.decode()
    shown = page(client, "contact-detail", person.contact_id)

    assert reverse("campaigns:contact-detail", args=[person.contact_id]) in listed
    assert delivery.mailing.name in shown
    assert person.batch.dispatch_id and person.batch.dispatch_id in shown
    assert reverse("campaigns:batch-detail", args=[person.batch_id]) in shown


def test_all_batches_stand_with_what_braze_said_and_can_be_filtered(
    cast: Cast, delivery: Delivery, client: Client
) -> None:
    client.force_login(cast.sender)
    first, second = delivery.batches.order_by("number")
    Batch.objects.filter(pk=second.pk).update(state=BatchState.UNCERTAIN, error="503: Service Unavailable")

    everything = page(client, "batch-list", delivery.pk)
    uncertain = page(client, "batch-list", delivery.pk, state="uncertain")

    assert first.dispatch_id in everything and first.schedule_id in everything
    assert "503: Service Unavailable" in everything and str(delivery.pk) in everything
    assert first.dispatch_id not in uncertain and "503: Service Unavailable" in uncertain


def test_the_statement_has_a_row_for_each_batch_and_nobodys_name(
    cast: Cast, delivery: Delivery, client: Client
) -> None:
    client.force_login(cast.sender)

    answer = client.get(reverse("campaigns:batch-statement", args=[delivery.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]

    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 3
    assert {batch.dispatch_id for batch in delivery.batches.all()} <= {cell for row in rows for cell in row}
    assert "@" not in text


def test_a_batch_names_its_people_to_those_who_may_see_contacts(cast: Cast, delivery: Delivery, client: Client) -> None:
    batch = delivery.batches.get(number=2)
    person = batch.recipients.select_related("contact").order_by("pk")[0]

    client.force_login(cast.sender)
    named = page(client, "batch-detail", batch.pk)
    client.force_login(cast.approver)
    unnamed = page(client, "batch-detail", batch.pk)

    assert person.contact.email in named
    assert person.contact.email not in unnamed and "Ask an admin for the right to see contacts" in unnamed


def test_whoever_was_left_out_sees_why_on_their_page(cast: Cast, sandbox: RunningSandbox, client: Client) -> None:
    workspace = a_connected(cast.store, sandbox)
    audience = an_audience(group=cast.store, contacts=2)
    gone = a_contact(audience=audience)
    unsubscribe(contact=gone, group=cast.store, source="page")
    mailing = a_mailing(group=cast.store, author=cast.sender, audience=audience)
    a_planned(mailing, workspace)
    client.force_login(cast.sender)

    shown = page(client, "contact-detail", gone.pk)

    assert mailing.name in shown
    assert "Unsubscribed" in shown


def test_others_see_nothing_of_it(cast: Cast, delivery: Delivery, client: Client) -> None:
    batch = delivery.batches.order_by("number")[0]
    contact = batch.recipients.order_by("pk")[0].contact
    addresses = [
        reverse("campaigns:batch-list", args=[delivery.pk]),
        reverse("campaigns:batch-statement", args=[delivery.pk]),
        reverse("campaigns:batch-detail", args=[batch.pk]),
        reverse("campaigns:contact-detail", args=[contact.pk]),
    ]
    of_another_brand = a_contact(brand=cast.other_brand)

    for person in (cast.neighbour, cast.outsider):
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [404] * 4
    client.force_login(cast.approver)
    assert client.get(addresses[3]).status_code == 404
    client.force_login(cast.sender)
    assert client.get(reverse("campaigns:contact-detail", args=[of_another_brand.pk])).status_code == 404


def test_somebody_on_no_list_of_ones_groups_does_not_exist(cast: Cast, delivery: Delivery, client: Client) -> None:
    stranger = a_contact(audience=an_audience(group=cast.far_store))
    client.force_login(cast.sender)

    answer = client.get(reverse("campaigns:contact-detail", args=[stranger.pk]))

    assert answer.status_code == 404


def test_the_pages_ask_a_bounded_number_of_questions(
    cast: Cast, delivery: Delivery, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(cast.sender)
    contact = Contact.objects.filter(recipients__delivery=delivery).order_by("pk")[0]

    with django_assert_max_num_queries(40):
        page(client, "contact-detail", contact.pk)
    with django_assert_max_num_queries(40):
        page(client, "batch-list", delivery.pk)
