"""What Braze's headers say of a window, in both of their styles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from braze_client.pacing.pools import Pool
from braze_client.pacing.windows import WindowStore

EPOCH_FROM = 1_000_000_000
ROUNDED_BY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What Braze's headers said of the window that a call drew on; each part may be missing."""

    limit: int | None
    remaining: int | None
    reset_at: datetime | None


def read_rate_limits(headers: Mapping[str, str], now: datetime) -> RateLimits:
    """Read both styles of headers: epoch seconds (B-RL-1), or seconds that remain (B-RL-2); empty ones are missing.

    ``Retry-After`` and ``X-RateLimit-Retry-After`` win over the reset, since they speak of this very refusal.
    """
    limit, remaining = whole(headers.get("x-ratelimit-limit")), whole(headers.get("x-ratelimit-remaining"))
    waits = (whole(headers.get(name)) for name in ("x-ratelimit-retry-after", "retry-after"))
    wait = next((seconds for seconds in waits if seconds is not None), None)
    moment = wait if wait is not None else whole(headers.get("x-ratelimit-reset"))
    if moment is None:
        return RateLimits(limit, remaining, None)
    if moment < EPOCH_FROM:
        return RateLimits(limit, remaining, now + timedelta(seconds=moment))
    try:
        return RateLimits(limit, remaining, datetime.fromtimestamp(moment, UTC))
    except (OverflowError, ValueError, OSError):
        return RateLimits(limit, remaining, None)


def window_reset(pool: Pool, reset_at: datetime) -> datetime | None:
    """Return the end of the window that a reset means, or None when it is not of this pool's windows.

    Seconds that remain are whole, and are read when the answer arrives: such a reset lies up to two seconds late.
    """
    boundary = pool.window_start(reset_at)
    return boundary if reset_at - boundary <= ROUNDED_BY else None


def note_rate_limits(store: WindowStore, key: str, pool: Pool, limits: RateLimits, now: datetime) -> None:
    """Correct the store by what an answer's headers said; does nothing where they said too little.

    A reset farther away than the window is long speaks of another window, such as the hourly one that some contracts
    put beside the 3 seconds of users.track (B-TRK-3): unless nothing is left, it is not heeded here.

    Nothing left stops the pool until the reset, whatever window that is (B-RL-3). May wait for the store.
    """
    if limits.remaining is None or limits.reset_at is None:
        return
    if limits.remaining > 0 and limits.reset_at - now > timedelta(seconds=pool.window_seconds) + ROUNDED_BY:
        return
    reset_at = window_reset(pool, limits.reset_at) if limits.limit is not None else None
    if limits.remaining == 0:
        store.correct(key, pool, limits.limit, 0, reset_at or limits.reset_at)
    elif reset_at is not None:
        store.correct(key, pool, limits.limit, limits.remaining, reset_at)


def whole(value: str | None) -> int | None:
    """Return a count of at least 0 from a header's text, else None."""
    digits = (value or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 18 else None
