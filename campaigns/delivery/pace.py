"""How fast Braze takes a delivery, and when it will be done: measured, and within what the budget lets through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.db.models import Count, Sum

from braze_client.pacing import SHARED
from campaigns.models import Batch, BatchState, Delivery, DeliveryState
from groups.workspace.budget import ours

MEASURED_OVER: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Pace:
    """What Braze took of a delivery in the last half minute, as people a minute, and when everything is handed over."""

    people_a_minute: int
    finishes_at: datetime | None


def pace_of(delivery: Delivery, now: datetime) -> Pace:
    """Measures a delivery, and forecasts its end while batches of it wait and Braze takes any.

    Groups take turns, so that of all that waits in the workspace at most an equal part goes before the rest of this
    delivery. Nothing is forecast where nothing was taken lately, or while it is paused.
    """
    under_way = Delivery.objects.filter(
        workspace=delivery.workspace_id, state__in=(DeliveryState.STAGING, DeliveryState.SENDING)
    )
    lately = Batch.objects.filter(delivery__in=under_way, answered_at__gt=now - MEASURED_OVER)
    own = lately.filter(delivery=delivery).aggregate(people=Sum("size"))["people"] or 0
    people_a_minute = round(own * 60 / MEASURED_OVER.total_seconds())
    calls = lately.count()
    rows = Batch.objects.filter(delivery__in=under_way, state=BatchState.WAITING).order_by()
    waiting = dict(rows.values_list("delivery__mailing__group").annotate(number=Count("pk")))
    mine = delivery.batches.filter(state=BatchState.WAITING).count()
    if not calls or not mine:
        return Pace(people_a_minute, None)
    ahead = min(sum(waiting.values()), mine * len(waiting))
    budget = ours(SHARED, delivery.workspace).allowed / SHARED.window_seconds
    a_second = min(calls / MEASURED_OVER.total_seconds(), budget)
    return Pace(people_a_minute, now + timedelta(seconds=ceil(ahead / a_second)))
