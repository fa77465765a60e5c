"""Somebody is erased who stands in mailings: staged mail is withdrawn before, and every count stays what it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.ledger.exporting import export
from campaigns.delivery.queries import progress
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import sweep
from campaigns.models import Batch, Delivery, Exclusion, MailingState, Recipient, Route, TestMail
from groups.contacts.services import delete_contact
from groups.erasing import services, working
from groups.models import Contact, ErasureState, Group, User, Workspace
from groups.roles import Role
from tests.builders import a_person, root_group
from tests.campaigns.builders import a_mailing, a_planned, a_staged, deliver_due
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def manager(group: Group) -> User:
    """Gives a brand manager."""
    return a_person(role=Role.BRAND_MANAGER, group=root_group(group.brand))


def somebody_of(delivery: Delivery) -> Contact:
    """Gives a recipient."""
    return delivery.recipients.select_related("contact").order_by("pk")[0].contact


def test_staged_mail_is_withdrawn_and_staged_again_without_them_before_anything_is_forgotten(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, manager: User
) -> None:
    mailing = a_mailing(group=group, people=3, send_at=timezone.now() + timedelta(hours=20))
    delivery = a_staged(mailing, workspace)
    gone = somebody_of(delivery)

    erasure = services.ask(contact=gone, actor=manager)
    first = working.work_on(erasure.pk)
    erasure.refresh_from_db()
    waiting = (erasure.state_reason, Contact.objects.get(pk=gone.pk).erased_at)
    for _round in range(3):
        dispatch(workspace)
        sweep()
    with time_machine.travel(timezone.now() + working.LOOK_AGAIN):
        last = working.work_on(erasure.pk)
    delivery.refresh_from_db()
    assert delivery.go_at is not None
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        deliver_due(sandbox)
        sweep()

    mailing.refresh_from_db()
    assert first == ErasureState.ERASING
    assert waiting == ("Waiting until 1 mailing that stands in Braze is withdrawn.", None)
    assert last == ErasureState.ERASED
    assert mailing.state == MailingState.SENT
    assert sum(schedule.sent_count for schedule in sandbox.state.schedules.values()) == 2
    assert delivery.frozen == delivery.recipients.count() + delivery.exclusions.count() == 3
    assert delivery.exclusions.get().contact == gone


def test_who_stands_in_a_batch_that_braze_does_not_have_is_taken_out_at_once(
    group: Group, workspace: Workspace, manager: User
) -> None:
    delivery = a_planned(a_mailing(group=group, people=3, route=Route.TRIGGER), workspace)
    gone = somebody_of(delivery)

    erasure = services.ask(contact=gone, actor=manager)
    state = working.work_on(erasure.pk)

    delivery.refresh_from_db()
    assert state == ErasureState.ERASED
    assert not Recipient.objects.filter(contact=gone).exists()
    assert Batch.objects.get().size == 2
    assert delivery.frozen == delivery.recipients.count() + delivery.exclusions.count()


def test_what_was_mailed_keeps_its_counts_and_names_nobody(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, manager: User, client: Client
) -> None:
    mailing = a_mailing(group=group, people=3)
    delivery = a_staged(mailing, workspace)
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)
        deliver_due(sandbox)
    gone = somebody_of(delivery)
    email, external_id = gone.email, gone.external_id
    Batch.objects.update(
        error=f"provided external_id {external_id} is odd",
        remarks=[{"type": f"{email.upper()} is no email", "index": 0}],
    )
    TestMail.objects.create(
        group=group, mailing=mailing, revision=1, digest="d", tester=manager, asked_by=manager, contact=gone,
        error=f"{email} refused",
    )  # fmt: skip
    before = progress(delivery).statement

    with time_machine.travel(delivery.go_at + timedelta(hours=1)):
        erasure = services.ask(contact=gone, actor=manager)
        working.work_on(erasure.pk)

    erasure.refresh_from_db()
    batch = Batch.objects.get()
    assert erasure.state == ErasureState.ERASED
    assert erasure.gone | {"lists": 0} == {
        "contact": 1, "lists": 0, "rejects": 0, "lifts": 0, "recipients": 1, "remarks": 1, "test_mails": 1,
    }  # fmt: skip
    assert erasure.on_its_way == 0
    assert progress(delivery).statement == before == "3 people: 3 accepted."
    assert (batch.error, batch.remarks[0]["type"]) == ("provided external_id (erased) is odd", "(erased) is no email")
    test = TestMail.objects.get()
    assert (test.contact, test.error) == (None, "(erased) refused")
    assert Recipient.objects.get(contact=gone).address == f"{gone.pk}@erased.invalid"

    rows = [tuple(row) for row in export(mailing=mailing, actor=manager)]
    assert [row[1:3] for row in rows if row[1] == "Erased person"] == [("Erased person", "")]
    assert email not in str(rows)
    client.force_login(manager)
    page = client.get(reverse("campaigns:batch-detail", args=[batch.pk])).content.decode()
    assert "Erased person" in page
    assert email not in page
    assert external_id not in page


def test_mail_that_is_too_late_to_withdraw_is_named(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, manager: User
) -> None:
    delivery = a_staged(a_mailing(group=group, people=3), workspace)
    gone = somebody_of(delivery)
    assert delivery.stage_by is not None
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at - timedelta(seconds=1)):
        erasure = services.ask(contact=gone, actor=manager)
        working.work_on(erasure.pk)

    erasure.refresh_from_db()
    assert (erasure.state, erasure.on_its_way) == (ErasureState.ERASED, 1)


def test_a_delivery_that_is_being_planned_leaves_them_out(group: Group, workspace: Workspace, manager: User) -> None:
    mailing = a_mailing(group=group, people=3)
    gone = Contact.objects.filter(brand=group.brand).order_by("pk")[0]
    services.ask(contact=gone, actor=manager)

    delivery = a_planned(mailing, workspace)

    assert Exclusion.objects.get(delivery=delivery).contact == gone
    assert delivery.frozen == 3


def test_whom_the_ledger_has_keeps_address_and_id_when_they_are_deleted(
    group: Group, workspace: Workspace, manager: User
) -> None:
    delivery = a_planned(a_mailing(group=group, people=1), workspace)
    contact = somebody_of(delivery)
    Contact.objects.filter(pk=contact.pk).update(first_synced_at=None, sync_lease_until=None)

    delete_contact(contact=contact, actor=manager)

    kept = Contact.objects.get(pk=contact.pk)
    assert (kept.email, kept.attributes) == (contact.email, {})
    assert delivery.recipients.get().contact == kept
