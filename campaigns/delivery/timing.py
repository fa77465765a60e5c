"""When a delivery goes, until when it must be staged, and until when all of it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from braze_client.pacing import SHARED

# A wall-clock time comes first in the zone furthest east, and last in the one furthest west.
EARLIEST_ZONE: Final = timezone(timedelta(hours=14))
LATEST_ZONE: Final = timezone(timedelta(hours=-12))
# Braze takes a time in each recipient's zone only so long before (contract, section 18, row 7).
LOCAL_LEAD: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Times:
    """The go time, the deadline of staging, and the last moment at which every batch can still be withdrawn."""

    go_at: datetime
    stage_by: datetime
    undo_until: datetime


def seconds_for(batches: int, share: float) -> float:
    """Gives how long this many calls take at our share of the rate that Braze guarantees (contract, section 15)."""
    return batches * SHARED.window_seconds / (SHARED.limit * share)


def times_for(
    *,
    wanted: datetime | None,
    batches: int,
    share: float,
    now: datetime,
    propagated_at: datetime | None,
    is_wall_clock: bool = False,
) -> Times | None:
    """Plans a delivery of so many batches: `wanted` None means as soon as possible.

    `share` is the part of Braze's windows that is ours. Nobody is mailed before Braze can know them (`propagated_at`,
    B-TRK-18). Staging and undoing each need the margin and the time of all calls, so that nothing goes out until
    everything is staged. With `is_wall_clock` the time stands and everything must be staged more than 24 hours before
    it; None means that it is too late for that.
    """
    calls = timedelta(seconds=seconds_for(batches, share))
    margin = timedelta(seconds=settings.SEND_MARGIN_SECONDS)
    if is_wall_clock and wanted is not None:
        deadline = wanted - margin - calls
        stage_by = deadline - LOCAL_LEAD
        is_known = propagated_at is None or propagated_at <= wanted
        return Times(wanted, stage_by, deadline) if now + calls < stage_by and is_known else None
    soonest = now + timedelta(seconds=settings.SEND_LEAD_SECONDS) + 2 * calls
    go_at = max(wanted or soonest, propagated_at or soonest)
    if go_at - margin - 2 * calls <= now:
        go_at = soonest
    if go_at.microsecond:
        # Braze knows whole seconds, and nothing may leave before the time that the page shows.
        go_at = go_at.replace(microsecond=0) + timedelta(seconds=1)
    deadline = go_at - margin - calls
    return Times(go_at=go_at, stage_by=deadline, undo_until=deadline)


def span_of_wall_clock(moment: datetime, zone: str) -> tuple[datetime, datetime]:
    """Gives when the wall clock of a moment in a zone is shown first and last anywhere on earth, in UTC."""
    wall_clock = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    first, last = (wall_clock.replace(tzinfo=edge).astimezone(UTC) for edge in (EARLIEST_ZONE, LATEST_ZONE))
    return first, last


def wall_clock_of(go_at: datetime) -> datetime:
    """Gives the wall-clock time of a delivery whose go time is that of the zone furthest east, without a zone."""
    return go_at.astimezone(EARLIEST_ZONE).replace(tzinfo=None)


def hands_over_at(send_at: datetime, zone: str, *, in_local_time: bool) -> datetime:
    """Gives when the delivery of a mailing starts, so that it is staged in time (design.md, section 4)."""
    ahead = timedelta(hours=settings.STAGE_AHEAD_HOURS)
    if not in_local_time:
        return send_at - ahead
    first, _last = span_of_wall_clock(send_at, zone)
    return first - LOCAL_LEAD - ahead
