"""After a restore nothing goes out by itself that may have gone out since the backup, and a person can decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.delivery import tasks
from campaigns.delivery.decisions import decide_batch, resume
from campaigns.delivery.outcomes import pause
from campaigns.delivery.restored import hold_what_may_have_gone
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, MailingState, TestMail, TestState
from campaigns.rollouts.approving import approve_all, matrix_of
from campaigns.rollouts.services import submit_all
from groups.models import Group, MailState, Notice, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing, a_planned, a_sent, a_staged
from tests.campaigns.rollouts.builders import a_shown, a_submitted
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.django_db

CREATE = "/messages/schedule/create"


def work(workspace: Workspace) -> None:
    """Lets a worker do all that it finds, twice over."""
    for _round in (1, 2):
        tasks.sweep()
        for delivery in Delivery.objects.filter(state=DeliveryState.PLANNING):
            tasks.plan(str(delivery.pk))
        tasks.dispatch(str(workspace.pk))


def states(delivery: Delivery) -> list[str]:
    """Gives the states of a delivery's batches, in order."""
    return list(delivery.batches.values_list("state", flat=True))


def test_batches_that_waited_or_were_called_are_uncertain_and_never_called_again(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group, people=130), workspace)
    lease = timezone.now() + timedelta(seconds=60)
    delivery.batches.filter(number=2).update(state=BatchState.CALLING, lease_until=lease)

    held = hold_what_may_have_gone(made_at=timezone.now())
    again = hold_what_may_have_gone(made_at=timezone.now())
    work(workspace)

    delivery.refresh_from_db()
    assert (held.batches, held.people, again.batches) == (3, 130, 0)
    assert states(delivery) == [BatchState.UNCERTAIN] * 3
    assert sandbox.calls(CREATE) == 0
    assert "restored from a backup" in Batch.objects.get(number=2).error


def test_a_person_who_has_looked_into_braze_lets_the_rest_go(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group, people=130), workspace)
    hold_what_may_have_gone(made_at=timezone.now())
    manager = a_person(role=Role.REGIONAL_MANAGER, group=group)

    first, *others = delivery.batches.all()
    decide_batch(batch=first, as_sent=True, actor=manager)
    for batch in others:
        decide_batch(batch=batch, as_sent=False, actor=manager)
    work(workspace)

    assert states(delivery) == [BatchState.ACCEPTED] * 3
    assert sandbox.calls(CREATE) == 2


def test_what_braze_has_for_its_time_stays_as_it_is(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_staged(a_mailing(group=group, people=60), workspace)
    called = sandbox.calls(CREATE)

    hold_what_may_have_gone(made_at=timezone.now())
    work(workspace)

    delivery.refresh_from_db()
    assert (delivery.state, states(delivery)) == (DeliveryState.STAGED, [BatchState.ACCEPTED] * 2)
    assert (delivery.mailing.state, sandbox.calls(CREATE)) == (MailingState.SCHEDULED, called)


def test_a_plan_is_ended_and_its_mailing_asks(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    delivery = a_sent(a_mailing(group=group, people=60))

    held = hold_what_may_have_gone(made_at=timezone.now())
    work(workspace)

    delivery.refresh_from_db()
    assert held.plans == 1
    assert delivery.state == DeliveryState.WITHDRAWN
    assert delivery.mailing.state == MailingState.NEEDS_DECISION
    assert "restored from a backup" in delivery.mailing.state_reason
    assert sandbox.calls(CREATE) == 0


def test_letting_a_paused_delivery_go_on_calls_nothing_that_may_have_gone(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group, people=130), workspace)
    pause(delivery, "Somebody paused it")
    delivery.batches.filter(number=2).update(state=BatchState.REFUSED)

    hold_what_may_have_gone(made_at=timezone.now())
    resume(mailing=delivery.mailing, actor=a_person(role=Role.REGIONAL_MANAGER, group=group))
    work(workspace)

    assert states(delivery) == [BatchState.UNCERTAIN] * 3
    assert sandbox.calls(CREATE) == 0


def test_a_mailing_for_later_asks_because_somebody_may_have_sent_it_earlier(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=3, send_at=timezone.now() + timedelta(days=3))
    type(mailing).objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED)
    moving = a_staged(a_mailing(group=group, people=3), workspace)
    Delivery.objects.filter(pk=moving.pk).update(
        state=DeliveryState.WITHDRAWING, after_withdrawal=MailingState.SCHEDULED
    )

    held = hold_what_may_have_gone(made_at=timezone.now())
    work(workspace)

    mailing.refresh_from_db()
    moving.refresh_from_db()
    assert held.mailings == 1
    assert mailing.state == MailingState.NEEDS_DECISION
    assert (moving.state, moving.mailing.state) == (DeliveryState.WITHDRAWN, MailingState.NEEDS_DECISION)


def test_people_of_a_batch_that_was_recalled_are_not_staged_again(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_staged(a_mailing(group=group, people=60), workspace)
    delivery.batches.filter(number=1).update(state=BatchState.WITHDRAWN, is_recalled=True)
    called = sandbox.calls(CREATE)

    hold_what_may_have_gone(made_at=timezone.now())
    work(workspace)

    assert states(delivery) == [BatchState.WITHDRAWAL_UNCERTAIN, BatchState.ACCEPTED]
    assert sandbox.calls(CREATE) == called


def test_test_mails_and_the_mails_of_the_portal_are_not_sent_again(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, people=3)
    test = TestMail.objects.create(
        group=group, mailing=mailing, revision=0, digest="x", tester=mailing.author, asked_by=mailing.author
    )
    notice = Notice.objects.create(
        person=mailing.author, brand=group.brand, kind="k", about="a:1", path="/", due_at=timezone.now()
    )

    held = hold_what_may_have_gone(made_at=timezone.now())

    test.refresh_from_db()
    notice.refresh_from_db()
    assert (held.test_mails, held.notices) == (1, 1)
    assert (test.state, notice.mail_state) == (TestState.UNCERTAIN, MailState.UNCERTAIN)


def test_the_worker_gives_no_yes_to_parts_of_a_rollout() -> None:
    network = a_submitted(stores=2)
    seen = matrix_of(network.rollout, network.approver).digest
    approve_all(rollout=network.rollout, actor=network.approver, seen=seen)

    held = hold_what_may_have_gone(made_at=timezone.now())
    network.run()

    assert held.rollout_parts == 2
    assert network.states() == [MailingState.IN_APPROVAL] * 2


def test_the_worker_submits_no_part_of_a_rollout_until_a_person_says_so_again() -> None:
    network = a_shown(stores=2)
    submit_all(rollout=network.rollout, actor=network.manager)

    hold_what_may_have_gone(made_at=timezone.now())
    network.run()
    before, problem = network.states(), network.part().problem
    submit_all(rollout=network.rollout, actor=network.manager)
    network.run()

    assert before == [MailingState.DRAFT] * 2
    assert "restored from a backup" in problem
    assert network.states() == [MailingState.IN_APPROVAL] * 2
