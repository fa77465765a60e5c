"""When a delivery goes, until when it must be staged, and until when all of it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from braze_client.pacing import SHARED


@dataclass(frozen=True, slots=True)
class Times:
    """The go time, the deadline of staging, and the last moment at which every batch can still be withdrawn."""

    go_at: datetime
    stage_by: datetime
    undo_until: datetime


def seconds_for(batches: int) -> float:
    """Gives how long this many calls take at the rate that Braze guarantees us (contract, section 15)."""
    share: float = settings.BRAZE_BUDGET_SHARE
    return batches * SHARED.window_seconds / (SHARED.limit * share)


def times_for(*, wanted: datetime | None, batches: int, now: datetime, propagated_at: datetime | None) -> Times:
    """Plans a delivery of so many batches: `wanted` None means as soon as possible.

    Nobody is mailed before Braze can know them (`propagated_at`, B-TRK-18). Staging and undoing each need the margin
    and the time of all calls, so that nothing goes out until everything is staged.
    """
    calls = timedelta(seconds=seconds_for(batches))
    margin = timedelta(seconds=settings.SEND_MARGIN_SECONDS)
    soonest = now + timedelta(seconds=settings.SEND_LEAD_SECONDS) + 2 * calls
    go_at = max(wanted or soonest, propagated_at or soonest)
    if go_at - margin - 2 * calls <= now:
        go_at = soonest
    if go_at.microsecond:
        # Braze knows whole seconds, and nothing may leave before the time that the page shows.
        go_at = go_at.replace(microsecond=0) + timedelta(seconds=1)
    deadline = go_at - margin - calls
    return Times(go_at=go_at, stage_by=deadline, undo_until=deadline)
