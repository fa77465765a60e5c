"""What waits too long is seen for what it is: a large delivery that goes on is not stuck, a halted one is halted."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from pytest_django import Settings

from campaigns.delivery.halting import halt
from campaigns.delivery.planning import plan
from campaigns.models import Batch, BatchState, Delivery, DeliveryState, Mailing, MailingState, Route
from campaigns.operation.waiting import oldest_due_batch_seconds, oldest_unswept_seconds, waiting_by_workspace
from groups.models import Group, Workspace
from groups.roles import Role
from tests.builders import a_person
from tests.campaigns.builders import a_mailing, a_planned, a_sent

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_where_nothing_waits_nothing_is_old(db: None) -> None:
    now = timezone.now()

    assert (oldest_due_batch_seconds(now), oldest_unswept_seconds(now), waiting_by_workspace(now)) == (0, 0, {})


def test_a_batch_waits_from_when_its_delivery_began(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=120), workspace)
    now = delivery.created_at + 40 * SECOND

    assert 39 <= oldest_due_batch_seconds(now) <= 40
    assert waiting_by_workspace(now) == {group.brand.slug: 3}


def test_an_answer_to_another_batch_of_its_delivery_shows_that_it_goes_on(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=120), workspace)
    answered = delivery.created_at + 30 * SECOND
    delivery.batches.filter(number=1).update(state=BatchState.ACCEPTED, answered_at=answered)

    assert oldest_due_batch_seconds(delivery.created_at + 40 * SECOND) == 10


def test_a_batch_that_braze_put_off_waits_from_then(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=60), workspace)
    again_at = delivery.created_at + 20 * SECOND
    delivery.batches.update(not_before=again_at)

    assert oldest_due_batch_seconds(again_at - SECOND) == 0
    assert oldest_due_batch_seconds(again_at + 5 * SECOND) == 5


def test_route_b_waits_from_its_time_on(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=60, route=Route.TRIGGER), workspace)
    assert delivery.go_at is not None

    assert oldest_due_batch_seconds(delivery.go_at - SECOND) == 0
    assert oldest_due_batch_seconds(delivery.go_at + 7 * SECOND) == 7


def test_what_is_paused_waits_for_people_and_not_for_workers(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=60), workspace)
    Delivery.objects.update(state=DeliveryState.PAUSED)

    assert oldest_due_batch_seconds(delivery.created_at + 10 * SECOND) == 0
    assert waiting_by_workspace(delivery.created_at + 10 * SECOND) == {}


def test_a_batch_whose_worker_is_gone_is_for_the_sweep(group: Group, workspace: Workspace) -> None:
    a_planned(a_mailing(group=group, people=60), workspace)
    now = timezone.now()
    Batch.objects.filter(number=1).update(state=BatchState.CALLING, lease_until=now - 12 * SECOND)

    assert oldest_unswept_seconds(now) == 12


def test_a_plan_that_nobody_began_or_whose_worker_is_gone_is_for_the_sweep(group: Group, workspace: Workspace) -> None:
    delivery = a_sent(a_mailing(group=group, people=60))
    not_begun = oldest_unswept_seconds(delivery.created_at + 9 * SECOND)
    now = timezone.now()
    Delivery.objects.update(frozen=60, lease_until=now - 4 * SECOND)

    assert (not_begun, oldest_unswept_seconds(now)) == (9, 4)


def test_a_mailing_whose_time_has_come_is_for_the_sweep_unless_sending_is_stopped(group: Group) -> None:
    mailing = a_mailing(group=group, people=2)
    now = timezone.now()
    Mailing.objects.filter(pk=mailing.pk).update(state=MailingState.SCHEDULED, send_at=now - MINUTE)

    late = oldest_unswept_seconds(now)
    halt(group=group, reason="Wrong price", actor=a_person(role=Role.REGIONAL_MANAGER, group=group))

    assert (late, oldest_unswept_seconds(now)) == (60, 0)


def test_a_delivery_whose_time_is_over_must_be_settled_soon(group: Group, workspace: Workspace) -> None:
    delivery = a_planned(a_mailing(group=group, people=2), workspace)
    delivery.batches.update(state=BatchState.ACCEPTED)
    now = timezone.now()
    Delivery.objects.update(state=DeliveryState.STAGED, go_at=now - 20 * SECOND)
    in_time = oldest_unswept_seconds(now)

    assert (in_time, oldest_unswept_seconds(now + 25 * SECOND)) == (0, 45)


def test_a_plan_in_hand_is_nobodys_fault(group: Group, workspace: Workspace, settings: Settings) -> None:
    delivery = a_sent(a_mailing(group=group, people=60))
    plan(delivery)

    assert oldest_unswept_seconds(timezone.now()) == 0
