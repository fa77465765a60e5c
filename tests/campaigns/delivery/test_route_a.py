"""Route A: everything is staged before anything goes out, and the ledger says what Braze said."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from campaigns.delivery import planning
from campaigns.delivery.allowance import Allowance
from campaigns.delivery.control import cancel, edit_again, reschedule
from campaigns.delivery.decisions import decide_batch, resume
from campaigns.delivery.dispatch import dispatch
from campaigns.delivery.plan import membership
from campaigns.delivery.planning import plan
from campaigns.delivery.queries import progress
from campaigns.delivery.queue import Queue
from campaigns.delivery.settling import settle
from campaigns.delivery.sweeping import recover_stale_batches, start_due_mailings
from campaigns.errors import Refusal
from campaigns.models import BatchState, DeliveryState, Exclusion, Mailing, MailingState, Recipient, Route
from groups.audiences.syncing import sync_contacts
from groups.consent.leaving import unsubscribe
from groups.models import Contact, Event, Group, SharedSendId, Workspace
from groups.roles import Role
from tests.builders import a_contact, a_person, an_audience
from tests.campaigns.builders import a_mailing, a_planned, a_sent, a_staged, deliver_due
from tests.sandbox_server import RunningSandbox

CREATE = "/messages/schedule/create"
DELETE = "/messages/schedule/delete"
UPDATE = "/messages/schedule/update"


@pytest.mark.contract("B-SCH-5")
def test_1040_people_are_staged_in_21_batches_and_each_gets_the_mail_once(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=1040)

    delivery = a_staged(mailing, workspace)
    with time_machine.travel(delivery.go_at + timedelta(seconds=1)):
        settle(delivery)
        deliver_due(sandbox)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.SENT
    assert sandbox.calls(CREATE) == 21
    assert sorted(delivery.batches.values_list("size", flat=True)) == [40] + [50] * 20
    assert {schedule.state for schedule in sandbox.state.schedules.values()} == {"sent"}
    assert sum(schedule.sent_count for schedule in sandbox.state.schedules.values()) == 1040
    assert progress(delivery).statement == "1,040 people: 1,040 accepted."


def test_nothing_goes_out_before_everything_is_staged(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_staged(a_mailing(group=group, people=120), workspace)

    times = {schedule.due for schedule in sandbox.state.schedules.values()}

    assert delivery.state == DeliveryState.STAGED
    assert times == {float(int(delivery.go_at.timestamp()))}
    assert delivery.stage_by < delivery.go_at
    assert all(batch.answered_at < delivery.stage_by for batch in delivery.batches.all())


def test_the_call_carries_app_campaign_variation_and_send_id(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    Group.objects.filter(pk=group.pk).update(variation_id="own-variation-of-the-store")
    group.refresh_from_db()

    delivery = a_staged(a_mailing(group=group), workspace)

    schedule = next(iter(sandbox.state.schedules.values()))
    assert schedule.campaign_id == workspace.campaign_id
    assert schedule.content.variation_id == "own-variation-of-the-store"
    assert schedule.send_id == delivery.send_id == f"ss-{delivery.pk.hex}"


def test_a_group_without_a_variation_uses_the_default(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_staged(a_mailing(group=group), workspace)

    assert delivery.variation_id == workspace.variation_id


def test_people_who_must_not_be_mailed_are_left_out_and_named(group: Group, workspace: Workspace) -> None:
    audience = an_audience(group=group)
    for number in range(3):
        a_contact(audience=audience, email=f"friend-{number}@example.com")
    twin = a_contact(audience=audience, email="friend-0@example.com")
    gone = a_contact(audience=audience)
    unsubscribe(contact=gone, group=group, source="page")

    delivery = a_planned(a_mailing(group=group, audience=audience), workspace)

    reasons = dict(Exclusion.objects.filter(delivery=delivery).values_list("contact", "reason"))
    assert reasons == {twin.pk: "duplicate", gone.pk: "unsubscribed"}
    assert (delivery.frozen, Recipient.objects.filter(delivery=delivery).count()) == (5, 3)
    assert progress(delivery).statement == (
        "3 people: 3 waiting. 2 left out: 1 with the same address as another person, 1 unsubscribed."
    )


def test_an_audience_of_which_nobody_is_left_fails_before_any_call(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=1)
    delivery = a_sent(mailing)
    unsubscribe(contact=Contact.objects.get(brand=group.brand), group=group, source="page")
    sync_contacts(workspace.pk)

    assert plan(delivery) is False

    mailing.refresh_from_db()
    assert mailing.state == MailingState.FAILED
    assert "Nobody was left to mail" in mailing.state_reason
    assert sandbox.calls(CREATE) == 0


def test_an_import_while_the_delivery_is_planned_changes_nothing(group: Group, workspace: Workspace) -> None:
    audience = an_audience(group=group, contacts=3)
    delivery = a_planned(a_mailing(group=group, audience=audience), workspace)

    a_contact(audience=audience)
    dispatch(workspace)

    assert Recipient.objects.filter(delivery=delivery).count() == 3


def test_a_plan_that_was_cut_off_goes_on_where_it_stopped(
    group: Group, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "PEOPLE_PER_CHUNK", 40)
    delivery = a_sent(a_mailing(group=group, people=130))
    sync_contacts(workspace.pk)
    judged, judge = [], planning._judge_chunk

    def judge_twice_then_die(one: object) -> bool:
        if len(judged) == 2:
            raise KeyboardInterrupt
        judged.append(one)
        return judge(one)

    monkeypatch.setattr(planning, "_judge_chunk", judge_twice_then_die)
    with pytest.raises(KeyboardInterrupt):
        plan(delivery)
    monkeypatch.setattr(planning, "_judge_chunk", judge)

    assert plan(delivery) is True

    assert sorted(delivery.batches.values_list("size", flat=True)) == [30, 50, 50]
    assert Recipient.objects.filter(delivery=delivery).count() == 130


def test_two_workers_plan_a_delivery_once(group: Group, workspace: Workspace) -> None:
    delivery = a_sent(a_mailing(group=group))
    sync_contacts(workspace.pk)

    first, second = plan(delivery), plan(delivery)

    assert (first, second) == (True, False)
    assert delivery.batches.count() == 1


def test_a_delivery_waits_until_braze_has_the_contacts(group: Group, workspace: Workspace) -> None:
    delivery = a_sent(a_mailing(group=group))

    before = plan(delivery)
    sync_contacts(workspace.pk)
    after = plan(delivery)

    assert (before, after) == (False, True)


@pytest.mark.contract("B-TRK-18")
def test_people_who_are_new_to_braze_are_not_mailed_before_braze_can_know_them(
    group: Group, workspace: Workspace, settings: Settings
) -> None:
    settings.BRAZE_PROPAGATION_SECONDS = 300

    delivery = a_planned(a_mailing(group=group), workspace)

    newest = max(Contact.objects.filter(brand=group.brand).values_list("first_synced_at", flat=True))
    assert delivery.go_at >= newest + timedelta(seconds=300)


@pytest.mark.contract("B-RETRY-3")
def test_a_5xx_to_a_call_that_makes_mail_is_uncertain_and_never_repeated(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=120)
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, 500)

    dispatch(workspace)
    dispatch(workspace)

    assert sandbox.calls(CREATE) == 3
    states = sorted(delivery.batches.values_list("state", flat=True))
    assert states == ["accepted", "accepted", "uncertain"]


def test_an_answer_that_is_lost_after_braze_acted_sends_nobody_two_mails(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=3)
    delivery = a_planned(mailing, workspace)
    sandbox.drop_after_acting(CREATE)

    dispatch(workspace)
    dispatch(workspace)

    assert delivery.batches.get().state == BatchState.UNCERTAIN
    assert len(sandbox.state.schedules) == 1


def test_a_redirect_to_a_sign_in_page_is_no_success(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group), workspace)
    sandbox.fail(CREATE, 302)

    dispatch(workspace)

    assert delivery.batches.get().state == BatchState.UNCERTAIN


def test_a_429_waits_and_is_made_again(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now() + timedelta(hours=20))
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, 429)

    dispatch(workspace)
    waiting = delivery.batches.get()
    with time_machine.travel(waiting.not_before + timedelta(seconds=1)):
        dispatch(workspace)

    assert waiting.state == BatchState.WAITING
    assert waiting.not_before > timezone.now()
    assert delivery.batches.get().state == BatchState.ACCEPTED


@pytest.mark.parametrize(
    ("status", "sentence", "calls"),
    # A 400 may be about one person, so the two halves are tried before the call itself is held to be wrong.
    [(401, "Braze refused the API key", 1), (403, "lacks a permission", 1), (400, "Braze refused a batch", 3)],
)
def test_a_refusal_pauses_with_the_reason_and_resumes_once_it_is_mended(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, status: int, sentence: str, calls: int
) -> None:
    mailing = a_mailing(group=group)
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, status, count=calls)

    dispatch(workspace)
    mailing.refresh_from_db()
    paused, reason = mailing.state, mailing.state_reason
    dispatch(workspace)
    calls_while_paused = sandbox.calls(CREATE)
    resume(mailing=mailing, actor=a_person(role=Role.REGIONAL_MANAGER, group=group))
    dispatch(workspace)

    assert paused == MailingState.PAUSED
    assert sentence in reason
    assert calls_while_paused == calls
    assert set(delivery.batches.filter(size__gt=0).values_list("state", flat=True)) == {BatchState.ACCEPTED}


def test_a_worker_that_vanished_during_the_call_leaves_the_batch_uncertain(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group), workspace)
    long_ago = timezone.now() - timedelta(minutes=5)
    delivery.batches.update(state=BatchState.CALLING, lease_until=long_ago, attempt=1)

    recovered = recover_stale_batches()

    assert recovered == 1
    assert delivery.batches.get().state == BatchState.UNCERTAIN


def test_an_uncertain_batch_is_decided_by_a_person_and_recorded(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, 503)
    dispatch(workspace)
    decider = a_person(role=Role.REGIONAL_MANAGER, group=group)

    with pytest.raises(Refusal):
        decide_batch(batch=delivery.batches.get(), as_sent=True, actor=mailing.author)
    decide_batch(batch=delivery.batches.get(), as_sent=True, actor=decider)

    assert delivery.batches.get().state == BatchState.ACCEPTED
    event = Event.objects.get(action="batch.decided")
    assert (event.actor, event.detail["outcome"]) == (decider, "accepted")


@pytest.mark.contract("B-SCH-2")
@pytest.mark.catalogue("M25")
def test_cancelling_withdraws_every_batch_and_nobody_gets_the_mail(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=120)
    delivery = a_staged(mailing, workspace)

    cancel(mailing=mailing, actor=mailing.author)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)
    with time_machine.travel(delivery.go_at + timedelta(minutes=1)):
        deliver_due(sandbox)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED
    assert set(delivery.batches.values_list("state", flat=True)) == {"withdrawn"}
    assert sandbox.calls(DELETE) == 3
    assert sum(schedule.sent_count for schedule in sandbox.state.schedules.values()) == 0
    assert progress(delivery).statement == "120 people: 120 withdrawn."


def test_what_could_not_be_withdrawn_is_named(group: Group, workspace: Workspace, sandbox: RunningSandbox) -> None:
    mailing = a_mailing(group=group, people=60)
    delivery = a_staged(mailing, workspace)
    sandbox.fail(DELETE, 400)

    cancel(mailing=mailing, actor=mailing.author)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)

    mailing.refresh_from_db()
    uncertain = delivery.batches.get(state=BatchState.WITHDRAWAL_UNCERTAIN)
    assert mailing.state == MailingState.CANCELLED
    assert mailing.state_reason.startswith(f"{uncertain.size} people may still get this mail")


def test_cancelling_before_anything_is_staged_calls_nothing(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=60)
    delivery = a_planned(mailing, workspace)

    cancel(mailing=mailing, actor=mailing.author)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)

    assert sandbox.calls(CREATE) == 0
    assert set(delivery.batches.values_list("state", flat=True)) == {"not_sent"}
    mailing.refresh_from_db()
    assert mailing.state == MailingState.CANCELLED


def test_after_the_last_moment_to_undo_nothing_is_withdrawn(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group)
    delivery = a_staged(mailing, workspace)

    with time_machine.travel(delivery.undo_until + timedelta(seconds=1)), pytest.raises(Refusal, match="too late"):
        cancel(mailing=mailing, actor=mailing.author)

    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.STAGED


def test_bringing_a_mailing_back_withdraws_it_and_makes_it_a_draft(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group)
    delivery = a_staged(mailing, workspace)

    edit_again(mailing=mailing, actor=mailing.author)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.DRAFT


def test_moving_a_staged_mailing_moves_every_schedule_in_braze(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=120)
    delivery = a_staged(mailing, workspace)
    later = timezone.now().replace(microsecond=0) + timedelta(hours=2)

    reschedule(mailing=mailing, send_at=later, actor=mailing.author)
    dispatch(workspace)
    delivery.refresh_from_db()
    settle(delivery)

    delivery.refresh_from_db()
    assert (delivery.go_at, delivery.moved_to) == (later, None)
    assert sandbox.calls(UPDATE) == 3
    assert {schedule.due for schedule in sandbox.state.schedules.values()} == {later.timestamp()}


@pytest.mark.contract("B-SCH-7")
def test_a_move_that_braze_refuses_for_one_batch_is_taken_back_for_all(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=120)
    delivery = a_staged(mailing, workspace)
    before = {schedule.due for schedule in sandbox.state.schedules.values()}
    sandbox.fail(UPDATE, 400)

    reschedule(mailing=mailing, send_at=timezone.now() + timedelta(hours=2), actor=mailing.author)
    dispatch(workspace)
    dispatch(workspace)

    delivery.refresh_from_db()
    assert delivery.moved_to is None
    assert {schedule.due for schedule in sandbox.state.schedules.values()} == before
    assert set(delivery.batches.values_list("planned_for", flat=True)) == {delivery.go_at}


def test_staging_that_misses_its_deadline_withdraws_all_and_says_so(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    mailing = a_mailing(group=group, people=120)
    delivery = a_planned(mailing, workspace)
    sandbox.fail(CREATE, 429, count=1)
    dispatch(workspace)

    with time_machine.travel(delivery.stage_by + timedelta(seconds=1), tick=False):
        settle(delivery)
        dispatch(workspace)
        delivery.refresh_from_db()
        settle(delivery)

    mailing.refresh_from_db()
    assert mailing.state == MailingState.FAILED
    assert sorted(delivery.batches.values_list("state", flat=True)) == ["not_sent", "withdrawn", "withdrawn"]


def test_a_time_that_passed_while_the_portal_was_down_asks_instead_of_sending(
    group: Group, workspace: Workspace
) -> None:
    mailing = a_mailing(group=group)
    Mailing.objects.filter(pk=mailing.pk).update(
        state=MailingState.SCHEDULED, send_at=timezone.now() - timedelta(hours=5)
    )

    start_due_mailings()

    mailing.refresh_from_db()
    assert mailing.state == MailingState.NEEDS_DECISION
    assert mailing.deliveries.count() == 0


def test_a_mailing_for_next_week_is_staged_a_day_ahead(group: Group, workspace: Workspace) -> None:
    mailing = a_mailing(group=group, send_at=timezone.now() + timedelta(days=7))
    from campaigns.delivery.services import send

    send(mailing=mailing, actor=mailing.author)
    start_due_mailings()
    early = mailing.deliveries.count()
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=1)):
        start_due_mailings()

    assert (early, mailing.deliveries.count()) == (0, 1)


def test_the_api_key_stands_in_no_row_of_the_delivery(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group), workspace)
    sandbox.fail(CREATE, 401)

    dispatch(workspace)

    delivery.refresh_from_db()
    batch = delivery.batches.get()
    assert workspace.api_key not in f"{batch.error} {batch.remarks} {delivery.state_reason} {delivery.message}"


def test_without_the_permission_for_send_ids_the_mail_goes_without_one(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    sandbox.fail("/sends/id/create", 403, count=2)

    delivery = a_staged(a_mailing(group=group), workspace)

    assert (delivery.state, delivery.send_id) == (DeliveryState.STAGED, "")


@pytest.mark.contract("B-SND-2")
def test_when_the_quota_is_used_mailings_share_the_send_id_of_the_day(
    group: Group, workspace: Workspace, settings: Settings
) -> None:
    settings.SEND_IDS_KEPT_FOR_OTHERS = 98
    first = a_staged(a_mailing(group=group), workspace)

    second = a_staged(a_mailing(group=group), workspace)

    shared = SharedSendId.objects.get(day__workspace=workspace).send_id
    assert (first.send_id_is_shared, second.send_id_is_shared) == (False, True)
    assert second.send_id == shared != ""


@pytest.mark.contract("B-SND-1")
def test_a_mailing_shares_no_send_id_that_was_made_for_another_campaign(
    group: Group, workspace: Workspace, settings: Settings
) -> None:
    settings.SEND_IDS_KEPT_FOR_OTHERS = 98
    a_staged(a_mailing(group=group), workspace)
    triggered = a_planned(a_mailing(group=group, route=Route.TRIGGER), workspace)
    assert triggered.go_at is not None

    with time_machine.travel(triggered.go_at + timedelta(seconds=1)):
        dispatch(workspace)

    triggered.refresh_from_db()
    assert (triggered.send_id, triggered.send_id_is_shared) == ("", False)
    assert triggered.batches.get().state == BatchState.ACCEPTED


def test_a_braze_that_is_down_loses_nothing_and_can_be_tried_again(
    group: Group, workspace: Workspace, sandbox: RunningSandbox
) -> None:
    delivery = a_planned(a_mailing(group=group), workspace)
    Workspace.objects.filter(pk=workspace.pk).update(endpoint="http://127.0.0.1:9")
    workspace.refresh_from_db()

    dispatch(workspace)
    while_down = delivery.batches.get().state
    Workspace.objects.filter(pk=workspace.pk).update(endpoint=sandbox.url)
    workspace.refresh_from_db()
    delivery.batches.update(not_before=None)
    dispatch(workspace)

    assert urlsplit(workspace.endpoint).hostname == "127.0.0.1"
    assert (while_down, delivery.batches.get().state) == (BatchState.WAITING, BatchState.ACCEPTED)


@pytest.mark.parametrize("is_waiting", [False, True])
def test_handing_over_makes_room_for_a_plan_that_waits_for_a_process(
    group: Group, workspace: Workspace, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, is_waiting: bool
) -> None:
    a_planned(a_mailing(group=group, people=120), workspace)
    if is_waiting:
        a_sent(a_mailing(group=group, people=1))
    monkeypatch.setattr("campaigns.delivery.dispatch.SHORTEST_RUN", timedelta(0))

    more_is_waiting = dispatch(workspace)

    assert more_is_waiting is is_waiting
    assert sandbox.calls(CREATE) == (0 if is_waiting else 3)


def test_a_worker_that_runs_out_of_calls_looks_once_more_for_what_is_to_be_withdrawn(
    group: Group, workspace: Workspace
) -> None:
    mailing = a_mailing(group=group, people=120)
    delivery = a_staged(mailing, workspace)
    key, now = str(uuid4()), timezone.now()
    queue, allowance = Queue(workspace, key), Allowance(workspace, key)

    def claimed(*, is_idle: bool) -> int:
        with transaction.atomic():
            return len(queue.claim(16, allowance, now, is_idle=is_idle))

    before = claimed(is_idle=False)
    cancel(mailing=mailing, actor=mailing.author)
    busy, idle = claimed(is_idle=False), claimed(is_idle=True)

    assert (before, busy, idle) == (0, 0, delivery.batches.count())
