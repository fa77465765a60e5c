"""Braze's windows as values: how many calls in how many seconds, and how much of it is ours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Final
from urllib.parse import urlsplit

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Pool:
    """One of Braze's windows: ``limit`` calls every ``window_seconds``, of which ``share`` (0 to 1) is ours."""

    name: str
    limit: int
    window_seconds: int
    share: float = 1.0

    def with_share(self, share: float) -> Pool:
        """Return the pool with another share left to us; the rest stays for the brand's other tools."""
        if not 0 < share <= 1:
            raise ValueError("a share lies above 0 and at most at 1")
        return replace(self, share=share)

    def for_audience(self, audience_key: str) -> Pool:
        """Return the pool of one unique audience, kept apart by its key."""
        return replace(self, name=f"{self.name}:{audience_key}")

    @property
    def allowed(self) -> int:
        """Return how many calls of a window are ours, in whole calls."""
        return floor(self.limit * self.share)

    def window_start(self, now: datetime) -> datetime:
        """Return when the window of ``now`` began."""
        seconds = floor(now.timestamp())
        return datetime.fromtimestamp(seconds - seconds % self.window_seconds, UTC)

    def window_end(self, now: datetime) -> datetime:
        """Return when the window of ``now`` resets."""
        return self.window_start(now) + timedelta(seconds=self.window_seconds)


SHARED: Final = Pool("shared", 250_000, 3600)
TRACK: Final = Pool("track", 3_000, 3)
EXPORT: Final = Pool("export", 250, 60)
SEND_IDS: Final = Pool("send-ids", 100, DAY_SECONDS)
BROADCASTS: Final = Pool("broadcasts", 250, 60)
BROADCASTS_PER_AUDIENCE: Final = Pool("broadcasts-per-audience", 10, 60)
CAMPAIGN_SERIES: Final = Pool("campaign-series", 50_000, 60)
SUBSCRIPTIONS: Final = Pool("subscriptions", 5_000, 60)
USER_CHANGES: Final = Pool("user-changes", 20_000, 60)


def budget_key(endpoint: str, api_key: str) -> str:
    """Return the name under which a workspace's windows are counted: host and a hash of the key, never the key.

    Two brands that share a workspace by the same key share its budget.
    """
    parts = urlsplit(endpoint)
    return f"{parts.netloc.lower()}:{hashlib.sha256(api_key.encode()).hexdigest()[:24]}"
