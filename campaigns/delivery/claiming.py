"""Claiming batches: each is taken by one worker, and what it is taken for is committed before Braze hears of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from campaigns.models import Batch, BatchState, Delivery, DeliveryState, MailingState, Route
from groups.models import Workspace

# Longer than the work can take, so that a stale lease means that its worker is gone: a call that makes mail is made
# once, within its time-out; moving and withdrawing may be repeated.
CALL_LEASE = timedelta(seconds=60)
REPEATABLE_LEASE = timedelta(seconds=240)


def to_withdraw(workspace: Workspace, now: datetime) -> list[QuerySet[Batch]]:
    """Gives staged batches that must be withdrawn: those of deliveries that are called back, and single ones."""
    staged = Batch.objects.filter(_due(now), state=BatchState.ACCEPTED).exclude(schedule_id="")
    called_back = Delivery.objects.filter(
        workspace=workspace, state=DeliveryState.WITHDRAWING, route=Route.SCHEDULE
    ).values_list("pk", flat=True)
    recalled = staged.filter(
        is_recalled=True,
        delivery__workspace=workspace,
        delivery__state__in=(DeliveryState.STAGING, DeliveryState.STAGED),
    )
    return [*(staged.filter(delivery=pk) for pk in called_back), recalled]


def to_update(workspace: Workspace, now: datetime, *, and_back: bool = True) -> list[QuerySet[Batch]]:
    """Gives staged batches whose time in Braze is not the one that their delivery should have, while that is to come.

    Without `and_back` only deliveries are looked at that are being moved, and none that is moved back.
    """
    moved = Delivery.objects.filter(
        Q(moved_to=None) | Q(moved_to__gt=now), workspace=workspace, state=DeliveryState.STAGED
    )
    if not and_back:
        moved = moved.filter(moved_to__isnull=False)
    return [Batch.objects.filter(_due(now), misplaced(), delivery=pk) for pk in moved.values_list("pk", flat=True)]


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
    return Delivery.objects.filter(callable_deliveries(now), Exists(waits), workspace=workspace).order_by("created_at")


def to_call(delivery: Delivery, now: datetime) -> QuerySet[Batch]:
    """Gives the waiting batches of a delivery, as long as it may be called."""
    may_be_called = Delivery.objects.filter(callable_deliveries(now), pk=OuterRef("delivery"))
    waiting = Batch.objects.filter(_due(now), delivery=delivery, state=BatchState.WAITING)
    return waiting.filter(Exists(may_be_called))


def claim(batches: QuerySet[Batch], into: BatchState, *, limit: int, now: datetime) -> list[Batch]:
    """Takes up to `limit` batches for this worker, in order. Needs a transaction; commit it before any call."""
    lease = CALL_LEASE if into == BatchState.CALLING else REPEATABLE_LEASE
    chosen = batches.order_by("delivery", "number")
    if connection.features.has_select_for_update_skip_locked:
        chosen = chosen.select_for_update(skip_locked=True, of=("self",))
    claimed = list(chosen[:limit])
    _take(claimed, into, now, now + lease)
    return claimed


def claim_calls(delivery: Delivery, *, limit: int, now: datetime, halves_only: bool = False) -> list[Batch]:
    """Takes up to `limit` waiting batches of a delivery for their calls, in one statement, as long as it may be called.

    Written by hand, because it is made for every few calls: building it anew would take longer than running it. Needs a
    transaction; commit it before any call.
    """
    chosen = _CHOSEN + (" AND halved_from_id IS NOT NULL" if halves_only else "")
    lock = " FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    key = Delivery._meta.pk.get_db_prep_value(delivery.pk, connection)
    moment, lease_until = (connection.ops.adapt_datetimefield_value(one) for one in (now, now + CALL_LEASE))
    parameters = [BatchState.CALLING, moment, lease_until, key, BatchState.WAITING, moment, moment, limit]
    may_be_called = [
        *(key, Route.TRIGGER, DeliveryState.SENDING, moment),
        *(Route.SCHEDULE, DeliveryState.STAGING, moment),
    ]
    with connection.cursor() as cursor:
        one_of = _ONE_OF[connection.vendor].format(chosen=f"{chosen} ORDER BY number LIMIT %s{lock}")
        cursor.execute(f"{_CLAIM} {one_of}{_IF_CALLED}", parameters + may_be_called)
        rows = cursor.fetchall()
    claimed = [
        Batch(
            pk=pk,
            delivery=delivery,
            number=number,
            kind=kind,
            size=size,
            attempt=attempt,
            halved_from_id=halved_from,
            state=BatchState.CALLING,
            called_at=now,
            lease_until=now + CALL_LEASE,
        )
        for pk, number, kind, size, attempt, halved_from in rows
    ]
    return sorted(claimed, key=lambda batch: batch.number)


_CLAIM: Final = "UPDATE campaigns_batch SET state = %s, attempt = attempt + 1, called_at = %s, lease_until = %s WHERE"
# PostgreSQL looks up an array by the primary key, and would join the whole table with a subquery.
_ONE_OF: Final = {"postgresql": "id = ANY(ARRAY({chosen}))", "sqlite": "id IN ({chosen})"}
_CHOSEN: Final = (
    "SELECT id FROM campaigns_batch WHERE delivery_id = %s AND state = %s"
    " AND (not_before IS NULL OR not_before <= %s) AND (due_at IS NULL OR due_at <= %s)"
)
_IF_CALLED: Final = (
    " AND EXISTS (SELECT 1 FROM campaigns_delivery delivery WHERE delivery.id = %s"
    " AND ((delivery.route = %s AND delivery.state = %s AND delivery.go_at <= %s)"
    " OR (delivery.route = %s AND delivery.state = %s AND delivery.stage_by > %s)))"
    " RETURNING id, number, kind, size, attempt, halved_from_id"
)


def _take(claimed: Iterable[Batch], into: BatchState, now: datetime, lease_until: datetime) -> None:
    Batch.objects.filter(pk__in=[batch.pk for batch in claimed]).update(
        state=into, attempt=F("attempt") + 1, called_at=now, lease_until=lease_until
    )
    for batch in claimed:
        batch.state, batch.called_at, batch.lease_until = into, now, lease_until
        batch.attempt += 1


def _due(now: datetime) -> Q:
    return (Q(not_before=None) | Q(not_before__lte=now)) & (Q(due_at=None) | Q(due_at__lte=now))
