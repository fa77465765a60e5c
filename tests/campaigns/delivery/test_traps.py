"""Races, kills and outages: whatever happens in between, nobody gets two mails and the portal says what is so."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from braze_client import Accepted, BrazeError, CallRefused, Done, NotSent, RateLimited
from campaigns.compose.services import rename
from campaigns.delivery import claiming, nudges, planning, send_ids, sweeping, tasks
from campaigns.delivery.calling import Job, jobs_for
from campaigns.delivery.control import cancel, edit_again, reschedule
from campaigns.delivery.decisions import decide_batch, resume, send_late
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.outcomes import pause, write
from campaigns.delivery.plan import membership
from campaigns.delivery.planning import plan
from campaigns.delivery.recalling import recall
from campaigns.delivery.rest import send_to_rest
from campaigns.delivery.restaging import leave_out_suppressed
from campaigns.delivery.services import send
from campaigns.delivery.settling import settle
from campaigns.delivery.stopping import pause as pause_by_hand
from campaigns.delivery.sweeping import recover_stale_batches, start_due_mailings, sweep
from campaigns.errors import Refusal, StaleState
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState, Route
from campaigns.reports.collecting import collect
from campaigns.review.deciding import approve, ask_for_changes
from campaigns.review.services import submit
from campaigns.review.sweeping import expire_reviews
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Contact, Group, SendIdDay, SyncState, User, Workspace
from groups.roles import Role
from tests.builders import a_contact, a_person, an_audience
from tests.campaigns.builders import a_mailing, a_planned, a_sent, a_staged, deliver_due
from tests.sandbox_server import RunningSandbox

CREATE, DELETE, UPDATE = (f"/messages/schedule/{verb}" for verb in ("create", "delete", "update"))


def in_flight(workspace: Workspace, into: BatchState = BatchState.CALLING) -> list[Job]:
    """Claims everything that waits, as a worker does just before its calls."""
    now = timezone.now()
    waiting = (
        claiming.to_call(workspace.deliveries.get(), now)
        if into == BatchState.CALLING
        else claiming.to_update(workspace, now)[0]
    )
    claimed = claiming.claim(waiting, into, limit=16, now=now)
    leave_out_suppressed(claimed)
    return jobs_for(claimed)


def a_boss(group: Group) -> User:
    """Gives somebody who may stop mailings and decide on batches."""
    return a_person(role=Role.REGIONAL_MANAGER, group=group)


def mails_of(sandbox: RunningSandbox) -> int:
    """Gives how many mails the sandbox has delivered."""
    return sum(schedule.sent_count for schedule in sandbox.state.schedules.values())


def hours(number: float) -> timedelta:
    """Gives a span."""
    return timedelta(hours=number)


@pytest.mark.parametrize("answer", [RateLimited("busy", retry_at=None), NotSent("down")])
def test_a_cancel_during_a_call_that_was_not_taken_comes_to_an_end(
    group: Group, workspace: Workspace, answer: BrazeError
) -> None:
    mailing = a_mailing(group=group)
    delivery = a_planned(mailing, workspace)
    jobs = in_flight(workspace)

    cancel(mailing=mailing, actor=mailing.author)
    write([(job, answer) for job in jobs], timezone.now())
    sweep()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    assert delivery.batches.get().state == BatchState.NOT_SENT


def test_a_cancel_while_recipients_are_counted_comes_to_an_end(
    group: Group, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "PEOPLE_PER_CHUNK", 40)
    mailing = a_mailing(group=group, people=130)
    delivery = a_sent(mailing)
    sync_contacts(workspace.pk)
    judge, judged = planning._judge_chunk, []

    def cancel_after_one(one: Delivery) -> bool:
        if len(judged) == 1:
            cancel(mailing=Mailing.objects.get(pk=mailing.pk), actor=mailing.author)
        judged.append(one)
        return judge(one)

    monkeypatch.setattr(planning, "_judge_chunk", cancel_after_one)
    tasks.plan(str(delivery.pk))
    sweep()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    assert set(delivery.batches.values_list("state", flat=True)) == {"not_sent"}


def test_a_sweep_that_read_before_a_cancel_starts_nothing(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now() + hours(30))
    send(mailing=mailing, actor=mailing.author)

    with time_machine.travel(timezone.now() + hours(7)):
        as_the_sweep_read_it = Mailing.objects.select_related("group__brand", "author", "version").get(pk=mailing.pk)
        cancel(mailing=Mailing.objects.get(pk=mailing.pk), actor=mailing.author)
        with pytest.raises(StaleState), transaction.atomic():
            sweeping._start(as_the_sweep_read_it)

    assert Delivery.objects.count() == 0


def test_two_sweeps_start_a_mailing_once(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now() + hours(30))
    send(mailing=mailing, actor=mailing.author)

    with time_machine.travel(timezone.now() + hours(7)):
        as_the_second_read_it = Mailing.objects.get(pk=mailing.pk)
        start_due_mailings()
        with pytest.raises(StaleState), transaction.atomic():
            sweeping._start(as_the_second_read_it)

    assert Delivery.objects.count() == 1


def test_a_time_that_passed_while_recipients_were_to_be_counted_asks(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now() + hours(2))
    delivery = a_sent(mailing)

    with time_machine.travel(timezone.now() + hours(7)):
        sync_contacts(workspace.pk)
        planned = plan(delivery)
        sweep()

    mailing.refresh_from_db()
    assert (planned, mailing.state) == (False, MailingState.NEEDS_DECISION)


def test_route_b_asks_when_its_time_passed_while_the_portal_was_down(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER, send_at=timezone.now() + hours(2))
    delivery = a_planned(mailing, workspace)
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at + hours(5)):
        dispatch(workspace)
        sweep()
        sweep()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.NEEDS_DECISION
    assert sandbox.calls("/campaigns/trigger/send") == 0


def test_a_plan_that_comes_too_late_leaves_alone_what_another_run_of_it_has_opened(
    group: Group, workspace: Workspace
) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER, send_at=timezone.now() + hours(2))
    delivery = a_sent(mailing)
    as_the_first_read_it = Delivery.objects.get(pk=delivery.pk)
    sync_contacts(workspace.pk)
    assert plan(delivery)
    delivery.refresh_from_db()
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at):
        sweep()
    with time_machine.travel(delivery.go_at + hours(1)), pytest.raises(StaleState):
        planning._set_times(as_the_first_read_it)

    delivery.refresh_from_db()
    mailing.refresh_from_db()
    assert (delivery.state, mailing.state) == (DeliveryState.SENDING, MailingState.SENDING)


def test_what_was_paused_while_it_was_planned_asks_when_it_goes_on_too_late(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    regional = a_person(role=Role.REGIONAL_MANAGER, group=group)
    mailing = a_mailing(group=group, route=Route.TRIGGER, send_at=timezone.now() + hours(2))
    delivery = a_sent(mailing)
    pause(delivery, "Braze refused the key.")

    with time_machine.travel(timezone.now() + hours(3)):
        resume(mailing=mailing, actor=regional)
        sync_contacts(workspace.pk)
        plan(delivery)
        sweep()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.NEEDS_DECISION
    assert sandbox.calls("/campaigns/trigger/send") == 0


@pytest.mark.parametrize("act", ["move", "withdraw"])
def test_a_batch_that_was_counted_as_sent_holds_nothing_up(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, act: str
) -> None:
    mailing = a_mailing(group=group, people=60, send_at=timezone.now() + hours(20))
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, 503)
    dispatch(workspace)
    settle(delivery)
    decide_batch(batch=delivery.batches.get(state="uncertain"), as_sent=True, actor=a_boss(group))
    later = timezone.now().replace(microsecond=0) + hours(22)

    if act == "move":
        reschedule(mailing=mailing, send_at=later, actor=mailing.author)
    else:
        edit_again(mailing=mailing, actor=mailing.author)
    dispatch(workspace)
    sweep()

    delivery.refresh_from_db()
    mailing.refresh_from_db()
    if act == "move":
        assert (delivery.moved_to, delivery.go_at) == (None, later)
    else:
        assert mailing.state == MailingState.DRAFT
        assert "may still get this mail" in mailing.state_reason


def test_people_of_an_uncertain_batch_are_left_out_of_the_next_delivery(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=3)
    delivery = a_planned(mailing, workspace)
    sandbox.drop_after_acting(CREATE)
    dispatch(workspace)
    settle(delivery)
    edit_again(mailing=mailing, actor=mailing.author)
    settle(delivery)
    mailing.refresh_from_db()

    a_contact(audience=mailing.audience)
    send(mailing=mailing, actor=mailing.author)
    second = mailing.deliveries.first()
    assert second is not None
    sync_contacts(workspace.pk)
    plan(second)

    reasons = list(second.exclusions.values_list("reason", flat=True))
    assert (reasons, second.recipients.count()) == (["maybe_mailed"] * 3, 1)


@pytest.mark.contract("B-SCH-2")
def test_an_acceptance_after_the_lease_keeps_its_schedule_id(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group), workspace)
    jobs = in_flight(workspace)
    Batch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    recover_stale_batches()

    write([(job, Accepted(dispatch_id="d", schedule_id="s-1")) for job in jobs], timezone.now())

    batch = delivery.batches.get()
    assert (batch.state, batch.schedule_id) == (BatchState.ACCEPTED, "s-1")


def test_sending_an_uncertain_batch_again_is_really_done(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=60)
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, 503)
    dispatch(workspace)
    as_the_page_read_it = Batch.objects.select_related("delivery__mailing__group").get(state="uncertain")
    settle(delivery)

    decide_batch(batch=as_the_page_read_it, as_sent=False, actor=a_boss(group))
    dispatch(workspace)
    settle(delivery)

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.STAGED
    assert set(delivery.batches.values_list("state", flat=True)) == {"accepted"}


def test_an_uncertain_batch_of_route_b_can_be_sent_again_after_all_is_settled(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER)
    delivery = a_planned(mailing, workspace)
    sandbox.fail("/campaigns/trigger/send", 503)
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        dispatch(workspace)
        settle(delivery)
        decided = decide_batch(batch=delivery.batches.get(), as_sent=False, actor=a_boss(group))
        again = send_to_rest(mailing=mailing, actor=mailing.author)
        assert plan(again)
    again.refresh_from_db()
    with time_machine.travel(again.go_at + timedelta(seconds=1)):
        dispatch(workspace)
        settle(again)

    mailing.refresh_from_db()
    assert (decided.state, again.batches.get().state) == (BatchState.NOT_SENT, BatchState.ACCEPTED)
    assert mailing.state == MailingState.SENT


def test_somebody_who_unsubscribes_while_staged_is_taken_out_and_the_others_get_it_once(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=3, send_at=timezone.now() + hours(20))
    delivery = a_staged(mailing, workspace)
    gone = Contact.objects.filter(brand=group.brand).first()
    assert gone is not None
    unsubscribe(contact=gone, group=group, source="page")

    for _round in range(3):
        sweep()
        dispatch(workspace)
    sweep()
    delivery.refresh_from_db()
    assert delivery.go_at is not None
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        deliver_due(sandbox)
        sweep()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT
    assert mails_of(sandbox) == 2
    assert (delivery.recipients.count(), delivery.exclusions.get().contact) == (2, gone)
    assert sorted(delivery.batches.values_list("state", "size")) == [("accepted", 2), ("withdrawn", 0)]


def test_somebody_who_unsubscribes_before_the_call_is_not_named_in_it(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER, people=3)
    delivery = a_planned(mailing, workspace)
    gone = Contact.objects.filter(brand=group.brand).first()
    assert gone is not None
    unsubscribe(contact=gone, group=group, source="page")
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        jobs = in_flight(workspace)

    assert len(jobs[0].external_ids) == 2
    assert gone.external_id not in jobs[0].external_ids
    assert delivery.frozen == delivery.recipients.count() + delivery.exclusions.count()


def test_a_move_whose_answer_was_lost_is_moved_back(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now().replace(microsecond=0) + hours(2))
    delivery = a_staged(mailing, workspace)
    for _attempt in range(3):
        sandbox.drop_after_acting(UPDATE)

    reschedule(mailing=mailing, send_at=timezone.now() + hours(30), actor=mailing.author)
    dispatch(workspace)
    sweep()
    dispatch(workspace)

    delivery.refresh_from_db()
    mailing.refresh_from_db()
    assert delivery.go_at is not None
    assert next(iter(sandbox.state.schedules.values())).due == delivery.go_at.timestamp()
    assert mailing.send_at == delivery.go_at


def test_after_a_killed_move_the_sweep_finds_what_must_be_moved_back(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=60, send_at=timezone.now() + hours(2))
    delivery = a_staged(mailing, workspace)
    reschedule(mailing=mailing, send_at=timezone.now() + hours(30), actor=mailing.author)
    first, second = in_flight(workspace, BatchState.UPDATING)
    write([(first, Done()), (second, CallRefused("no", status=400))], timezone.now())
    nudged: list[str] = []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nudges, "_on_commit", lambda task, pk: nudged.append(task))
        sweep()
    assert delivery.go_at is not None
    with time_machine.travel(delivery.go_at + timedelta(minutes=1)):
        sweep()

    mailing.refresh_from_db()
    assert nudged == ["campaigns.delivery.dispatch"]
    assert mailing.state == MailingState.SENT_WITH_OPEN_QUESTIONS
    assert delivery.batches.get(pk=first.batch.pk).state == BatchState.WITHDRAWAL_UNCERTAIN


def test_a_paused_delivery_of_route_b_can_be_stopped_after_its_time(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER, people=60)
    delivery = a_planned(mailing, workspace)
    sandbox.fail("/campaigns/trigger/send", 401, count=2)
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        dispatch(workspace)
        cancel(mailing=mailing, actor=a_boss(group))
        sweep()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED


def test_a_pause_does_not_use_up_the_wait_for_contacts(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    delivery = a_sent(mailing)
    plan(delivery)
    pause(delivery, "Braze is not connected")

    with time_machine.travel(timezone.now() + timedelta(minutes=20)):
        resume(mailing=mailing, actor=a_boss(group))
        plan(delivery)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.SCHEDULED


def test_a_429_is_heeded_by_the_whole_workspace(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, settings: Settings
) -> None:
    settings.BRAZE_CONNECTIONS = 2
    a_planned(a_mailing(group=group, people=500), workspace)
    sandbox.fail(CREATE, 429, count=100)

    dispatch(workspace)

    assert sandbox.calls(CREATE) == 2


def test_a_braze_that_is_down_uses_up_no_send_ids(
    group: Group, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> str:
        raise NotSent("down")

    delivery = a_sent(a_mailing(group=group))
    sync_contacts(workspace.pk)
    monkeypatch.setattr(send_ids, "_create", down)

    for _attempt in range(5):
        plan(delivery)

    assert SendIdDay.objects.get().used == 0


def test_one_brand_without_a_connection_does_not_stop_the_reports_of_others(group: Group, workspace: Workspace) -> None:
    delivery = a_staged(a_mailing(group=group), workspace)
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)
        Workspace.objects.update(endpoint="")
        read = collect()

    assert read == 0


def test_a_mailing_in_approval_cannot_be_sent_past_its_review(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    submit(mailing=mailing, actor=a_person(role=Role.LOCAL_AUTHOR, group=group))

    with pytest.raises(StaleState):
        send(mailing=mailing, actor=mailing.author)

    assert Delivery.objects.count() == 0


def test_bringing_back_what_is_in_approval_is_refused(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    submit(mailing=mailing, actor=mailing.author)

    with pytest.raises(StaleState):
        edit_again(mailing=mailing, actor=mailing.author)
    with time_machine.travel(timezone.now() + hours(73)):
        expired = expire_reviews()

    assert expired == 1


def test_what_was_edited_after_the_check_is_not_sent(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    as_the_sender_read_it = Mailing.objects.get(pk=mailing.pk)
    rename(mailing=mailing, name="Edited meanwhile", revision=mailing.revision, actor=mailing.author)

    with pytest.raises(StaleState):
        send(mailing=as_the_sender_read_it, actor=mailing.author)

    assert Delivery.objects.count() == 0


def test_a_decision_after_the_hand_over_changes_nothing(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, author=a_person(role=Role.LOCAL_AUTHOR, group=group))
    review = submit(mailing=mailing, actor=mailing.author)
    approve(review=review, actor=a_person(role=Role.APPROVER, group=group))

    with pytest.raises(StaleState):
        ask_for_changes(review=review, actor=a_person(role=Role.APPROVER, group=group), reason="Too late.")

    mailing.refresh_from_db()
    assert mailing.state == MailingState.SCHEDULED


def test_sending_late_needs_an_approval_that_covers_this_moment(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(
        group=group,
        author=a_person(role=Role.LOCAL_AUTHOR, group=group),
        send_at=timezone.now() + hours(48),
    )
    approve(review=submit(mailing=mailing, actor=mailing.author), actor=a_person(role=Role.APPROVER, group=group))
    sender = a_person(role=Role.LOCAL_SENDER, group=group)

    with time_machine.travel(timezone.now() + timedelta(days=30)):
        start_due_mailings()
        mailing.refresh_from_db()
        with pytest.raises(Refusal, match="must be approved again"):
            send_late(mailing=mailing, actor=sender)

    assert (mailing.state, Delivery.objects.count()) == (MailingState.NEEDS_DECISION, 0)


def test_a_person_sends_late_within_the_approved_window(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now() + hours(48))
    send(mailing=mailing, actor=mailing.author)

    with time_machine.travel(timezone.now() + hours(53)):
        start_due_mailings()
        mailing.refresh_from_db()
        asked = mailing.state
        send_late(mailing=mailing, actor=mailing.author)

    assert asked == MailingState.NEEDS_DECISION
    assert (mailing.state, Delivery.objects.count()) == (MailingState.SCHEDULED, 1)


def test_a_contact_that_joins_after_the_send_is_not_counted(group: Group, workspace: Workspace) -> None:
    audience = an_audience(group=group, contacts=3)
    delivery = a_sent(a_mailing(group=group, audience=audience))
    plan(delivery)

    a_contact(audience=audience)
    sync_contacts(workspace.pk)
    plan(delivery)

    delivery.refresh_from_db()
    assert (delivery.frozen, delivery.recipients.count()) == (3, 3)


def test_a_pause_while_a_plan_asks_for_its_send_id_stands(
    group: Group, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing = a_mailing(group=group)
    delivery = a_sent(mailing)
    sync_contacts(workspace.pk)
    boss = a_person(role=Role.REGIONAL_MANAGER, group=group)
    monkeypatch.setattr(
        "campaigns.delivery.planning.assign_send_id", lambda _delivery: pause_by_hand(mailing=mailing, actor=boss)
    )

    with pytest.raises(StaleState):
        plan(delivery)

    delivery.refresh_from_db()
    mailing.refresh_from_db()
    assert (delivery.state, mailing.state) == (DeliveryState.PAUSED, MailingState.PAUSED)


def test_a_plan_that_fails_leaves_nothing_waiting(
    group: Group, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "PEOPLE_PER_CHUNK", 2)
    delivery = a_sent(a_mailing(group=group, people=4))
    sync_contacts(workspace.pk)
    last = delivery.mailing.audience.members.order_by("-pk")[0].contact  # type: ignore[union-attr]
    Contact.objects.filter(pk=last.pk).update(sync_state=SyncState.PENDING)
    plan(delivery)

    with time_machine.travel(timezone.now() + hours(1)):
        plan(delivery)

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.FAILED
    assert set(delivery.batches.values_list("state", flat=True)) == {BatchState.NOT_SENT}


def test_a_move_that_nobody_could_finish_ends_when_both_times_have_passed(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=60, send_at=timezone.now().replace(microsecond=0) + hours(2))
    delivery = a_staged(mailing, workspace)
    reschedule(mailing=mailing, send_at=delivery.go_at + timedelta(minutes=30), actor=mailing.author)
    first, _second = in_flight(workspace, BatchState.UPDATING)
    write([(first, Done())], timezone.now())

    states = []
    for passed in (timedelta(minutes=1), timedelta(minutes=31)):
        with time_machine.travel(delivery.go_at + passed):
            settle(delivery)
        mailing.refresh_from_db()
        states.append(mailing.state)

    delivery.refresh_from_db()
    assert states == [MailingState.SCHEDULED, MailingState.SENT]
    assert set(delivery.batches.values_list("state", flat=True)) == {BatchState.ACCEPTED}
    assert delivery.state_reason.startswith("Braze could not move every batch in time")


def test_a_recall_at_the_very_moment_of_the_go_time_comes_to_an_end(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, route=Route.TRIGGER)
    delivery = a_planned(mailing, workspace)
    boss = a_person(role=Role.REGIONAL_MANAGER, group=group)
    assert delivery.go_at is not None

    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        recall(template=mailing.version.template, reason="The price is wrong", actor=boss)
        settle(Delivery.objects.get(pk=delivery.pk))

    mailing.refresh_from_db()
    assert mailing.state == MailingState.STOPPED
    assert set(delivery.batches.values_list("state", flat=True)) == {BatchState.NOT_SENT}
