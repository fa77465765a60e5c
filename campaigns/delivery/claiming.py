"""Claiming batches: each is taken by one worker, and what it is taken for is committed before Braze hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Batch, BatchKind, BatchState, Delivery, DeliveryState, MailingState, Route
from groups.models import Workspace

# Longer than the work can take, so that a stale lease means that its worker is gone: a call that makes mail is made
# once, within its time-out; moving and withdrawing may be repeated.
CALL_LEASE = timedelta(seconds=60)
REPEATABLE_LEASE = timedelta(seconds=240)


def to_withdraw(workspace: Workspace, now: datetime) -> QuerySet[Batch]:
    """Gives staged batches that must be withdrawn."""
    called_back = Q(delivery__state=DeliveryState.WITHDRAWING) | Q(
        is_recalled=True, delivery__state__in=(DeliveryState.STAGING, DeliveryState.STAGED)
    )
    return (
        Batch.objects.filter(_due(now), called_back, delivery__workspace=workspace)
        .filter(state=BatchState.ACCEPTED, delivery__route=Route.SCHEDULE)
        .exclude(schedule_id="")
    )


def to_update(workspace: Workspace, now: datetime) -> QuerySet[Batch]:
    """Gives staged batches whose time in Braze is not the one that the delivery should have."""
    staged = Q(delivery__state=DeliveryState.STAGED, delivery__workspace=workspace)
    return Batch.objects.filter(_due(now), misplaced(), staged)


def misplaced() -> Q:
    """A condition on batches: Braze has them, for another time than the one that their delivery should have."""
    moving = Q(delivery__moved_to__isnull=False) & ~Q(planned_for=F("delivery__moved_to"))
    moving_back = Q(delivery__moved_to=None) & ~Q(planned_for=F("delivery__go_at"))
    unknown = Q(planned_for=None)
    staged = Q(state=BatchState.ACCEPTED, is_recalled=False, delivery__route=Route.SCHEDULE) & ~Q(schedule_id="")
    return staged & (moving | moving_back | unknown)


def callable_deliveries(now: datetime) -> Q:
    """A condition on deliveries: their waiting batches may be handed over; on route B only once their time has come."""
    late = now - timedelta(minutes=settings.DUE_TOLERANCE_MINUTES)
    in_time = Q(go_at__gt=late) | Q(mailing__state=MailingState.SENDING)
    triggered = in_time & Q(route=Route.TRIGGER, state=DeliveryState.SENDING, go_at__lte=now)
    staged = Q(route=Route.SCHEDULE, state=DeliveryState.STAGING, stage_by__gt=now)
    return staged | triggered


def deliveries_to_call(workspace: Workspace, now: datetime) -> QuerySet[Delivery]:
    """Gives the deliveries of a workspace of which a batch waits to be called, in the order in which they began."""
    waits = Batch.objects.filter(_due(now), delivery=OuterRef("pk"), state=BatchState.WAITING)
    related = ("mailing__audience", "mailing__group__brand", "workspace")
    return (
        Delivery.objects.filter(callable_deliveries(now), Exists(waits), workspace=workspace)
        .select_related(*related)
        .order_by("created_at")
    )


def to_call(delivery: Delivery, now: datetime) -> QuerySet[Batch]:
    """Gives the waiting batches of a delivery, as long as it may be called."""
    may_be_called = Delivery.objects.filter(callable_deliveries(now), pk=OuterRef("delivery"))
    waiting = Batch.objects.filter(_due(now), delivery=delivery, state=BatchState.WAITING)
    return waiting.filter(Exists(may_be_called))


def is_broadcast(delivery: Delivery) -> bool:
    """Tells whether a delivery is one call for people whom only Braze knows."""
    return delivery.batches.filter(kind=BatchKind.BROADCAST).exists()


def claim(batches: QuerySet[Batch], into: BatchState, *, limit: int, now: datetime) -> list[Batch]:
    """Takes up to `limit` batches for this worker, in order. Needs a transaction; commit it before any call."""
    lease = CALL_LEASE if into == BatchState.CALLING else REPEATABLE_LEASE
    chosen = batches.order_by("delivery", "number")
    if connection.features.has_select_for_update_skip_locked:
        chosen = chosen.select_for_update(skip_locked=True, of=("self",))
    claimed = list(chosen[:limit])
    _take(claimed, into, now, now + lease)
    return claimed


def claim_calls(delivery: Delivery, *, limit: int, now: datetime) -> list[Batch]:
    """Takes up to `limit` waiting batches of a delivery, halves first: they tell whether its call is wrong.

    Needs a transaction; commit it before any call.
    """
    waiting = to_call(delivery, now)
    halves = waiting.filter(halved_from__isnull=False)
    claimed = claim(halves, BatchState.CALLING, limit=limit, now=now) if halves.exists() else []
    if len(claimed) < limit:
        claimed += claim(waiting, BatchState.CALLING, limit=limit - len(claimed), now=now)
    for batch in claimed:
        batch.delivery = delivery
    return claimed


def _take(claimed: Iterable[Batch], into: BatchState, now: datetime, lease_until: datetime) -> None:
    Batch.objects.filter(pk__in=[batch.pk for batch in claimed]).update(
        state=into, attempt=F("attempt") + 1, called_at=now, lease_until=lease_until
    )
    for batch in claimed:
        batch.state, batch.called_at, batch.lease_until = into, now, lease_until
        batch.attempt += 1


def _due(now: datetime) -> Q:
    return (Q(not_before=None) | Q(not_before__lte=now)) & (Q(due_at=None) | Q(due_at__lte=now))
