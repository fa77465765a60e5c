"""Pausing, stopping, sending to the rest: who got it and who did not is known at every moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaigns.delivery.control import cancel, edit_again
from campaigns.delivery.decisions import decide_batch, resume
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.planning import plan
from campaigns.delivery.queries import progress
from campaigns.delivery.rest import send_to_rest, size_of_rest
from campaigns.delivery.settling import settle
from campaigns.delivery.stopping import pause, stop
from campaigns.errors import NotAllowed, Refusal, StaleState
from campaigns.models import BatchState, Delivery, DeliveryState, Mailing, MailingState, Recipient, Route
from groups.consent.leaving import unsubscribe
from groups.models import Contact, Event, Group, User, Workspace
from groups.roles import Role
from tests.builders import Cast, a_contact, a_person, an_audience
from tests.campaigns.builders import a_connected, a_mailing, a_planned, a_staged, deliver_due
from tests.sandbox_server import RunningSandbox

CREATE, TRIGGER = "/messages/schedule/create", "/campaigns/trigger/send"


def a_boss(group: Group) -> User:
    return a_person(role=Role.REGIONAL_MANAGER, group=group)


def half_sent(group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings) -> Delivery:
    """Gives a delivery of route B of which Braze has the first of three batches, the second is uncertain."""
    settings.BRAZE_CONNECTIONS = 1
    delivery = a_planned(a_mailing(group=group, people=120, route=Route.TRIGGER), workspace)
    first, second, _third = delivery.batches.order_by("number")
    delivery.batches.filter(pk=first.pk).update(state=BatchState.ACCEPTED, dispatch_id="d" * 32)
    delivery.batches.filter(pk=second.pk).update(state=BatchState.UNCERTAIN)
    Mailing.objects.filter(pk=delivery.mailing_id).update(state=MailingState.SENDING)
    delivery.mailing.refresh_from_db()
    return delivery


@pytest.mark.catalogue("M24")
def test_what_is_paused_is_not_called_until_somebody_resumes_it(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=120)
    delivery = a_planned(mailing, workspace)
    boss = a_boss(group)

    pause(mailing=mailing, actor=boss)
    paused = mailing.state
    dispatch(workspace)
    calls = sandbox.calls(CREATE)
    resume(mailing=mailing, actor=boss)
    dispatch(workspace)

    delivery.refresh_from_db()
    assert (paused, calls, mailing.state) == (MailingState.PAUSED, 0, MailingState.SCHEDULED)
    assert sandbox.calls(CREATE) == 3
    told = Event.objects.filter(target_id__in=(str(delivery.pk), str(mailing.pk)))
    actions = list(told.values_list("action", flat=True))
    assert {"delivery.paused", "mailing.resumed"} <= set(actions)


def test_a_pause_that_lasts_beyond_the_staging_deadline_withdraws_everything(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=60)
    delivery = a_planned(mailing, workspace)
    pause(mailing=mailing, actor=a_boss(group))
    delivery.refresh_from_db()
    assert delivery.stage_by is not None

    with time_machine.travel(delivery.stage_by + timedelta(seconds=1)):
        settle(delivery)
        settle(delivery)

    mailing.refresh_from_db()
    assert (mailing.state, sandbox.calls(CREATE)) == (MailingState.FAILED, 0)


@pytest.mark.catalogue("M24")
def test_a_stop_in_the_middle_says_who_has_it_and_who_has_not(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    delivery = half_sent(group, workspace, sandbox, settings)
    mailing = delivery.mailing

    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        stop(mailing=mailing, actor=a_boss(group))
        delivery.refresh_from_db()
        settle(delivery)
        dispatch(workspace)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.STOPPED
    assert progress(delivery).people_by_state == {"accepted": 50, "uncertain": 50, "not_sent": 20}
    assert sandbox.calls(TRIGGER) == 0


def test_the_rest_gets_it_once_and_the_uncertain_ones_only_after_a_decision(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    delivery = half_sent(group, workspace, sandbox, settings)
    mailing, boss = delivery.mailing, a_boss(group)
    first = set(Recipient.objects.filter(batch__number=1).values_list("contact__external_id", flat=True))
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        stop(mailing=mailing, actor=boss)
        delivery.refresh_from_db()
        settle(delivery)
        mailing.refresh_from_db()
        before_the_decision = size_of_rest(mailing)
        decide_batch(batch=delivery.batches.get(number=2), as_sent=False, actor=boss)
        again = send_to_rest(mailing=mailing, actor=mailing.author)
        assert plan(again)
    again.refresh_from_db()
    with time_machine.travel(again.go_at + timedelta(seconds=1)):
        dispatch(workspace)
        settle(again)

    mailing.refresh_from_db()
    named = list(again.recipients.values_list("contact__external_id", flat=True))
    assert before_the_decision == 20
    assert (len(named), set(named) & first) == (70, set())
    assert (again.message, again.properties, again.send_id) == (
        delivery.message,
        delivery.properties,
        delivery.send_id,
    )
    assert sandbox.calls(TRIGGER) == 2
    assert (mailing.state, size_of_rest(mailing)) == (MailingState.SENT, 0)


def test_whoever_unsubscribed_since_is_not_among_the_rest(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    delivery = half_sent(group, workspace, sandbox, settings)
    mailing = delivery.mailing
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        stop(mailing=mailing, actor=a_boss(group))
        delivery.refresh_from_db()
        settle(delivery)
        gone = delivery.recipients.filter(batch__number=3).first()
        assert gone is not None
        unsubscribe(contact=gone.contact, group=group, source="page")
        Contact.objects.update(sync_state="synced")

        again = send_to_rest(mailing=mailing, actor=mailing.author)
        assert plan(again)

    assert again.recipients.count() == 19
    assert again.exclusions.get().contact_id == gone.contact_id


def test_a_delivery_to_the_rest_cannot_be_edited_and_a_cancel_leaves_the_mailing_as_sent(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    delivery = half_sent(group, workspace, sandbox, settings)
    mailing = delivery.mailing
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        stop(mailing=mailing, actor=a_boss(group))
        delivery.refresh_from_db()
        settle(delivery)
        again = send_to_rest(mailing=mailing, actor=mailing.author)
        mailing.refresh_from_db()
        with pytest.raises(Refusal, match="cannot be changed any more"):
            edit_again(mailing=mailing, actor=mailing.author)

        cancel(mailing=mailing, actor=mailing.author)
        again.refresh_from_db()
        settle(again)

    mailing.refresh_from_db()
    assert (mailing.state, again.batches.count()) == (MailingState.SENT_WITH_OPEN_QUESTIONS, 0)


def test_nobody_is_left_once_everybody_was_reached(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group)
    delivery = a_staged(mailing, workspace)
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)
    mailing.refresh_from_db()

    with pytest.raises(Refusal, match="Everybody was reached"):
        send_to_rest(mailing=mailing, actor=mailing.author)

    mailing.refresh_from_db()
    assert (mailing.state, mailing.deliveries.count()) == (MailingState.SENT, 1)


def test_a_stop_before_the_go_time_is_refused_because_it_is_a_cancel(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER)
    a_planned(mailing, workspace)

    with pytest.raises(StaleState):
        stop(mailing=mailing, actor=a_boss(group))


@pytest.mark.parametrize("action", ["pause", "stop", "send-to-rest"])
def test_only_those_with_the_right_move_it_and_forged_requests_change_nothing(
    cast: Cast, sandbox: RunningSandbox, client: object, action: str
) -> None:
    workspace = a_connected(cast.store, sandbox)
    mailing = a_mailing(group=cast.store, author=cast.sender, people=60, route=Route.TRIGGER)
    delivery = a_planned(mailing, workspace)
    allowed = {"pause": (cast.manager, cast.admin), "stop": (cast.manager, cast.admin), "send-to-rest": ()}[action]
    before = (Mailing.objects.get().state, delivery.batches.values_list("state", flat=True)[0])

    for person in cast.without(*allowed):
        client.force_login(person)  # type: ignore[attr-defined]
        client.post(reverse(f"campaigns:mailing-{action}", args=[mailing.pk]))  # type: ignore[attr-defined]

    assert (Mailing.objects.get().state, delivery.batches.values_list("state", flat=True)[0]) == before
    assert mailing.deliveries.count() == 1


def test_an_operator_decides_on_an_uncertain_batch_by_command(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.fail(CREATE, 503, count=2)
    delivery = a_staged(a_mailing(group=group, people=80), workspace)

    call_command("reconcile", str(delivery.pk), "--batch", "1", "--as", "sent")
    call_command("reconcile", str(delivery.pk), "--batch", "2", "--as", "waiting")
    with pytest.raises(CommandError, match="moved on in the meantime"):
        call_command("reconcile", str(delivery.pk), "--batch", "1", "--as", "waiting")
    dispatch(workspace)

    assert capsys.readouterr().out == "Batch 1 (50 people): Accepted.\nBatch 2 (30 people): Waiting.\n"
    assert list(delivery.batches.values_list("state", flat=True)) == ["accepted", "accepted"]
    decided = Event.objects.filter(action="batch.decided").order_by("pk")
    assert [(event.actor, event.detail["outcome"]) for event in decided] == [(None, "accepted"), (None, "waiting")]


def test_a_batch_that_nobody_knows_is_refused_by_the_command(db: None) -> None:
    with pytest.raises(CommandError, match="There is no batch 7"):
        call_command("reconcile", "00000000-0000-0000-0000-000000000000", "--batch", "7", "--as", "sent")


def test_who_may_not_decide_decides_nothing(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    sandbox.fail(CREATE, 503)
    delivery = a_staged(a_mailing(group=group), workspace)
    batch = delivery.batches.get()

    with pytest.raises(NotAllowed):
        decide_batch(batch=batch, as_sent=True, actor=a_person(role=Role.LOCAL_SENDER, group=group))

    assert delivery.batches.get().state == BatchState.UNCERTAIN


def test_a_contact_that_is_deleted_while_the_plan_waits_is_counted_as_gone(group: Group, workspace: Workspace) -> None:
    audience = an_audience(group=group, contacts=3)
    late = a_contact(audience=audience)
    mailing = a_mailing(group=group, audience=audience)
    from tests.campaigns.builders import a_sent

    delivery = a_sent(mailing)
    assert plan(delivery) is False
    late.delete()
    Contact.objects.update(sync_state="synced", first_synced_at=timezone.now())

    assert plan(delivery) is True

    delivery.refresh_from_db()
    assert (delivery.frozen, delivery.judged, delivery.recipients.count()) == (4, 4, 3)
    assert delivery.excluded == {"gone": 1}
    assert "1 left out: 1 deleted meanwhile." in progress(delivery).statement


def test_deliver_to_the_rest_of_route_a_leaves_the_others_alone(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=80)
    sandbox.fail(CREATE, 503)
    delivery = a_staged(mailing, workspace)
    uncertain = delivery.batches.get(state=BatchState.UNCERTAIN)
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)
        deliver_due(sandbox)
        decide_batch(batch=uncertain, as_sent=False, actor=a_boss(group))
        again = send_to_rest(mailing=Mailing.objects.get(pk=mailing.pk), actor=mailing.author)
        assert plan(again)
        dispatch(workspace)
        again.refresh_from_db()
        settle(again)
    with time_machine.travel(again.go_at + timedelta(seconds=1)):
        settle(again)
        deliver_due(sandbox)

    mailing.refresh_from_db()
    assert again.recipients.count() == uncertain.size
    assert mailing.state == MailingState.SENT
    assert sum(schedule.sent_count for schedule in sandbox.state.schedules.values()) == 80
    assert Delivery.objects.filter(state=DeliveryState.SETTLED).count() == 2
