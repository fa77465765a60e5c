"""Rate-limit windows: what is left of them, when they reset, who shares them, and waiting until they open.

Braze's windows are fixed and aligned to the clock, not rolling (contract, section 15).
"""

from __future__ import annotations

from braze_client.pacing.headers import RateLimits, note_rate_limits, read_rate_limits
from braze_client.pacing.pacer import Pacer
from braze_client.pacing.pools import (
    BROADCASTS,
    BROADCASTS_PER_AUDIENCE,
    CAMPAIGN_SERIES,
    EXPORT,
    SEND_IDS,
    SHARED,
    SUBSCRIPTIONS,
    TRACK,
    USER_CHANGES,
    Pool,
    budget_key,
)
from braze_client.pacing.redis_store import RedisStore
from braze_client.pacing.windows import (
    Grant,
    MemoryStore,
    ReadableStore,
    Seen,
    Window,
    WindowStore,
    WindowsUnreachable,
)

__all__ = [
    "BROADCASTS",
    "BROADCASTS_PER_AUDIENCE",
    "CAMPAIGN_SERIES",
    "EXPORT",
    "SEND_IDS",
    "SHARED",
    "SUBSCRIPTIONS",
    "TRACK",
    "USER_CHANGES",
    "Grant",
    "MemoryStore",
    "Pacer",
    "Pool",
    "RateLimits",
    "ReadableStore",
    "RedisStore",
    "Seen",
    "Window",
    "WindowStore",
    "WindowsUnreachable",
    "budget_key",
    "note_rate_limits",
    "read_rate_limits",
]
