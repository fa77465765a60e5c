"""When a delivery's numbers are read: often while they move, then hourly, then daily, until Braze forgets them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, zip_longest
from typing import Final
from uuid import UUID

from django.db.models import Min, Q
from django.db.models.functions import Coalesce

from campaigns.models import Delivery, DeliveryState

# Braze forgets send analytics 14 days after the send (B-SND-5).
KEPT: Final = timedelta(days=14)
# By age: at every run, every five minutes, every quarter of an hour, every hour, and daily after that.
STEPS: Final = (
    (timedelta(minutes=30), timedelta(0)),
    (timedelta(hours=2), timedelta(minutes=5)),
    (timedelta(hours=6), timedelta(minutes=15)),
    (timedelta(days=3), timedelta(hours=1)),
)
DAILY: Final = timedelta(days=1)
# The last look lies so long before Braze forgets, which leaves time to try again.
LAST_LOOK: Final = timedelta(hours=2)
AGAIN: Final = timedelta(minutes=15)
# A mail by each recipient's clock may end that much after it begins.
LONGEST_SEND: Final = timedelta(days=2)
READ: Final = (DeliveryState.SENDING, DeliveryState.PAUSED, DeliveryState.SETTLED)


@dataclass(frozen=True, slots=True)
class Send:
    """What one call asks for: a send ID of a campaign, which several deliveries may share."""

    workspace_id: UUID
    campaign_id: str
    send_id: str

    def deliveries(self) -> Q:
        """A condition on deliveries: they went out under this send ID."""
        return Q(workspace=self.workspace_id, campaign_id=self.campaign_id, send_id=self.send_id, state__in=READ) & Q(
            go_at__isnull=False
        )


def forgotten_at(go_at: datetime, ends_at: datetime | None) -> datetime:
    """Gives when Braze forgets the numbers of a send that lasts from one moment to another."""
    return (ends_at or go_at) + KEPT


def next_read(go_at: datetime, ends_at: datetime | None, now: datetime) -> datetime | None:
    """Gives when numbers that were read now are to be read next; None where Braze has forgotten them by then.

    Whatever the steps say, there is a last look shortly before Braze forgets.
    """
    end = forgotten_at(go_at, ends_at)
    last_look = end - LAST_LOOK
    wanted = now + next((interval for age, interval in STEPS if now - go_at < age), DAILY)
    if now < last_look:
        return min(wanted, last_look)
    return wanted if wanted < end else None


def is_due(now: datetime) -> Q:
    """A condition on deliveries: they went out, Braze still knows their numbers, and it is time to read them."""
    knows = Q(go_at__gt=now - KEPT) | Q(ends_at__gt=now - KEPT, go_at__gt=now - KEPT - LONGEST_SEND)
    is_time = Q(report_next_at__lte=now) | Q(report_next_at=None, report_read_at=None)
    return Q(state__in=READ, go_at__lte=now) & knows & is_time & ~Q(send_id="")


def due_sends(now: datetime, most: int) -> list[Send]:
    """Gives what to ask Braze for, at most so many calls: each workspace in turn, what waits longest first."""
    due = Delivery.objects.filter(is_due(now)).order_by()
    waiting = due.values_list("workspace", "campaign_id", "send_id").annotate(
        since=Min(Coalesce("report_next_at", "go_at"))
    )
    by_workspace: dict[UUID, list[Send]] = defaultdict(list)
    for workspace_id, campaign_id, send_id, _since in waiting.order_by("since"):
        by_workspace[workspace_id].append(Send(workspace_id, campaign_id, send_id))
    in_turn = chain.from_iterable(zip_longest(*by_workspace.values()))
    return [send for send in in_turn if send is not None][:most]
