"""How many calls may be made now: taken out of the shared windows a few at a time, and never one more."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from braze_client.pacing import SHARED, Grant, Pool, WindowsUnreachable
from braze_client.pacing.pacer import margin_of
from groups.models import Workspace
from groups.workspace.budget import ours, store

log = logging.getLogger(__name__)

REST: Final = timedelta(seconds=1)
MOST_AT_ONCE: Final = 64
# What a worker has taken of a window and not used is lost with it, so it takes little of a small one.
TAKINGS_PER_WINDOW: Final = 100


@dataclass(slots=True)
class Allowance:
    """A worker's part of Braze's windows for one workspace.

    `opens_at` is when the next call may be made, once nothing could be taken any more.
    """

    workspace: Workspace
    budget_key: str
    left: int = 0
    ends_at: datetime | None = None
    opens_at: datetime | None = None

    def take(self, wanted: int, now: datetime) -> int:
        """Gives how many of the wanted calls may be made at this moment; asks the store where nothing is left.

        No call starts in the last second of a window: it would be counted in the next one, which is not ours yet.
        """
        pool = ours(SHARED, self.workspace)
        end = pool.window_end(now)
        if now > end - margin_of(pool):
            self.opens_at = end
            return 0
        if self.ends_at != end:
            self.left, self.ends_at = 0, end
        if self.left == 0:
            most = max(wanted, min(MOST_AT_ONCE, pool.allowed // TAKINGS_PER_WINDOW))
            grant = reserved(self.budget_key, pool, most, now)
            self.left = grant.granted
            self.opens_at = None if grant.granted else grant.resets_at
        taken = min(wanted, self.left)
        self.left -= taken
        return taken

    def give_back(self, number: int) -> None:
        """Keeps calls that were taken and then not made."""
        self.left += number

    def stop_until(self, moment: datetime) -> None:
        """Tells all workers until when Braze takes no more, so that none of them runs into the same wall (B-RL-3)."""
        self.left = 0
        with suppress(WindowsUnreachable):
            store().correct(self.budget_key, SHARED, None, 0, moment)


def reserved(budget_key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
    """Takes calls out of a shared window; nothing is granted while the store does not answer.

    Without a count no call is made, and what Braze has answered meanwhile is still written down.
    """
    try:
        return store().reserve(budget_key, pool, wanted, now)
    except WindowsUnreachable as problem:
        log.warning("dispatch.windows_unreachable error=%s", problem.message)
        return Grant(0, now + REST)
