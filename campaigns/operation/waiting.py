"""What waits and should not: batches that could leave, and what the sweep should have found by now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, DateTimeField, Exists, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from campaigns.delivery.claiming import callable_deliveries
from campaigns.delivery.settling import OPEN
from campaigns.models import (
    Batch,
    BatchState,
    Delivery,
    DeliveryState,
    Halt,
    Mailing,
    MailingState,
    RolloutState,
    Route,
)
from campaigns.states import UNDER_WAY

# How long after its time a delivery may still be settled without anybody having been late.
SETTLING: Final = timedelta(seconds=30)


def waiting_by_workspace(now: datetime) -> dict[str, int]:
    """Gives how many batches could leave now, by the slug of their brand; brands without any are left out."""
    rows = _due(now).order_by().values_list("delivery__workspace__brand__slug")
    return dict(rows.annotate(number=Count("pk")))


def open_batches(now: datetime) -> dict[str, int]:
    """Gives the number of batches in each state, of deliveries that are under way."""
    rows = Batch.objects.filter(delivery__state__in=UNDER_WAY).order_by().values_list("state")
    counted = dict(rows.annotate(number=Count("pk")))
    return {state: counted.get(state, 0) for state in BatchState.values}


def oldest_due_batch_seconds(now: datetime) -> float:
    """Gives for how long the batch has been waiting that has waited longest, in seconds; 0 where none waits.

    Its wait counts from when it could leave, and anew from every answer to another batch of its delivery: of a large
    delivery that goes on, nothing is stuck.
    """
    latest = Batch.objects.filter(delivery=OuterRef("pk")).order_by("-answered_at").exclude(answered_at=None)
    due = _due(now).filter(delivery=OuterRef("pk")).order_by().values("delivery")
    never = Value(datetime.min.replace(year=1900, tzinfo=now.tzinfo), output_field=DateTimeField())
    standing = Delivery.objects.filter(callable_deliveries(now)).annotate(
        due_at=due.annotate(since=Min(Coalesce("not_before", "due_at", never))).values("since"),
        answered_at=latest.values("answered_at")[:1],
    )
    oldest = 0.0
    for delivery in standing.exclude(due_at=None).only("created_at", "known_since", "go_at", "route"):
        moments = [delivery.created_at, delivery.known_since, delivery.due_at, delivery.answered_at]
        if delivery.route == Route.TRIGGER:
            moments.append(delivery.go_at)
        since = max(moment for moment in moments if moment is not None)
        oldest = max(oldest, (now - since).total_seconds())
    return oldest


def oldest_unswept_seconds(now: datetime) -> float:
    """Gives for how long the sweep has left something lying that is its to move on, in seconds; 0 where nothing is.

    That is: a batch or a plan whose worker is gone, a plan that nobody has begun, a mailing whose time has come and
    that has no delivery, a delivery whose time is over and that nobody has settled.
    """
    planning = Delivery.objects.filter(state=DeliveryState.PLANNING)
    moments = (
        Batch.objects.filter(lease_until__lte=now).aggregate(oldest=Min("lease_until"))["oldest"],
        planning.filter(lease_until__lte=now).aggregate(oldest=Min("lease_until"))["oldest"],
        planning.filter(lease_until=None, frozen=None).aggregate(oldest=Min("created_at"))["oldest"],
        _unstarted(now).aggregate(oldest=Min("send_at"))["oldest"],
        _unsettled(now).aggregate(oldest=Min("go_at"))["oldest"],
    )
    return max(((now - moment).total_seconds() for moment in moments if moment is not None), default=0.0)


def _due(now: datetime) -> QuerySet[Batch]:
    """Gives the batches that a worker may claim at this moment."""
    may_leave = (Q(not_before=None) | Q(not_before__lte=now)) & (Q(due_at=None) | Q(due_at__lte=now))
    callable_now = Delivery.objects.filter(callable_deliveries(now))
    return Batch.objects.filter(may_leave, state=BatchState.WAITING, delivery__in=callable_now)


def _unstarted(now: datetime) -> QuerySet[Mailing]:
    """Gives scheduled mailings whose time has come without a delivery; what is halted or held waits for people."""
    halted = Halt.objects.filter(lifted_at=None, group__paths_down__descendant=OuterRef("group"))
    open_rollout = Q(rollout=None) | Q(rollout__state__in=(RolloutState.SCHEDULED, RolloutState.ACTIVE))
    scheduled = Mailing.objects.filter(open_rollout, state=MailingState.SCHEDULED, send_at__lte=now)
    return scheduled.exclude(deliveries__state__in=UNDER_WAY).exclude(Exists(halted))


def _unsettled(now: datetime) -> QuerySet[Delivery]:
    """Gives deliveries of which Braze has all, and whose time is over."""
    unfinished = Batch.objects.filter(delivery=OuterRef("pk"), state__in=OPEN)
    over = Delivery.objects.filter(state=DeliveryState.STAGED, moved_to=None, go_at__lte=now - SETTLING)
    return over.exclude(Exists(unfinished))
