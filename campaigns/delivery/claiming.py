"""Claiming batches: each is taken by one worker, and what it is taken for is committed before Braze hears of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from campaigns.models import Batch, BatchState, DeliveryState, MailingState, Route
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
        _due(workspace, now)
        .filter(called_back, state=BatchState.ACCEPTED, delivery__route=Route.SCHEDULE)
        .exclude(schedule_id="")
    )


def to_update(workspace: Workspace, now: datetime) -> QuerySet[Batch]:
    """Gives staged batches whose time in Braze is not the one that the delivery should have."""
    return _due(workspace, now).filter(misplaced(), delivery__state=DeliveryState.STAGED)


def misplaced() -> Q:
    """A condition on batches: Braze has them, for another time than the one that their delivery should have."""
    moving = Q(delivery__moved_to__isnull=False) & ~Q(planned_for=F("delivery__moved_to"))
    moving_back = Q(delivery__moved_to=None) & ~Q(planned_for=F("delivery__go_at"))
    unknown = Q(planned_for=None)
    staged = Q(state=BatchState.ACCEPTED, is_recalled=False, delivery__route=Route.SCHEDULE) & ~Q(schedule_id="")
    return staged & (moving | moving_back | unknown)


def to_call(workspace: Workspace, now: datetime) -> QuerySet[Batch]:
    """Gives waiting batches that may be handed over; on route B only once their time has come."""
    late = now - timedelta(minutes=settings.DUE_TOLERANCE_MINUTES)
    in_time = Q(delivery__go_at__gt=late) | Q(delivery__mailing__state=MailingState.SENDING)
    triggered = in_time & Q(
        delivery__route=Route.TRIGGER, delivery__state=DeliveryState.SENDING, delivery__go_at__lte=now
    )
    staged = Q(delivery__route=Route.SCHEDULE, delivery__state=DeliveryState.STAGING, delivery__stage_by__gt=now)
    return _due(workspace, now).filter(staged | triggered, state=BatchState.WAITING)


def claim(batches: QuerySet[Batch], into: BatchState, *, limit: int, now: datetime) -> list[Batch]:
    """Takes up to `limit` batches for this worker.

    Deliveries take turns, batch number by batch number, so that a small mailing does not wait behind a large one.
    """
    lease = CALL_LEASE if into == BatchState.CALLING else REPEATABLE_LEASE
    with transaction.atomic():
        chosen = batches.order_by("number", "delivery__created_at")
        if connection.features.has_select_for_update_skip_locked:
            chosen = chosen.select_for_update(skip_locked=True, of=("self",))
        ids = [batch.pk for batch in chosen[:limit]]
        Batch.objects.filter(pk__in=ids).update(
            state=into, attempt=F("attempt") + 1, called_at=now, lease_until=now + lease
        )
    related = ("delivery__mailing__audience", "delivery__mailing__group", "delivery__workspace")
    return list(Batch.objects.filter(pk__in=ids).select_related(*related))


def _due(workspace: Workspace, now: datetime) -> QuerySet[Batch]:
    return Batch.objects.filter(Q(not_before=None) | Q(not_before__lte=now), delivery__workspace=workspace)
