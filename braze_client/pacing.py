"""Rate-limit windows: what is left of them, when they reset, and the stores that share them between workers.

Braze's windows are fixed and aligned to the clock, not rolling (contract, section 15).
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import floor
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from redis import Redis

EPOCH_FROM = 1_000_000_000
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


@dataclass(frozen=True, slots=True)
class Window:
    """The count of one window: calls reserved by us, calls seen of others, and Braze's own limit if it named one."""

    used: int = 0
    others: int = 0
    limit: int | None = None

    def available(self, pool: Pool) -> int:
        """Return how many calls we may still make: within our share, and within what others left."""
        limit = pool.limit if self.limit is None else self.limit
        return max(0, min(floor(limit * pool.share) - self.used, limit - self.others - self.used))

    def corrected(self, limit: int, remaining: int) -> Window:
        """Return the window after Braze said what is left; others' calls never shrink within a window.

        Our reservations count as used even before they arrive, so the others are not overestimated.
        """
        return replace(self, limit=limit, others=max(self.others, limit - remaining - self.used))


@dataclass(frozen=True, slots=True)
class Grant:
    """How many of the wanted calls may be made now, and when the next window opens for the rest."""

    granted: int
    resets_at: datetime


class WindowStore(Protocol):
    """Where the windows of all workers of a workspace are counted; ``key`` comes from :func:`budget_key`."""

    def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
        """Take up to ``wanted`` calls out of the current window at once for all workers, and say when it resets."""
        ...

    def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
        """Note what Braze said is left until ``reset_at``; 0 stops the pool until then."""
        ...


class MemoryStore:
    """A store of one process, for tests and single workers; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], tuple[datetime, Window]] = {}
        self._blocked: dict[tuple[str, str], datetime] = {}

    def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
        """Take up to ``wanted`` calls out of the current window."""
        start = pool.window_start(now)
        with self._lock:
            blocked_until = self._blocked.get((key, pool.name))
            if blocked_until is not None and now < blocked_until:
                return Grant(0, blocked_until)
            window = self._window(key, pool, start)
            granted = min(max(0, wanted), window.available(pool))
            self._windows[key, pool.name] = (start, replace(window, used=window.used + granted))
        return Grant(granted, pool.window_end(now))

    def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
        """Note what Braze said is left until ``reset_at``."""
        start = pool.window_start(reset_at - timedelta(seconds=1))
        with self._lock:
            if remaining <= 0:
                blocked_until = self._blocked.get((key, pool.name), reset_at)
                self._blocked[key, pool.name] = max(reset_at, blocked_until)
            elif limit is not None:
                current = self._windows.get((key, pool.name))
                if current is None or start >= current[0]:
                    window = self._window(key, pool, start).corrected(limit, remaining)
                    self._windows[key, pool.name] = (start, window)

    def _window(self, key: str, pool: Pool, start: datetime) -> Window:
        counted_from, window = self._windows.get((key, pool.name), (start, Window()))
        return window if counted_from == start else Window()


class RedisStore:
    """A store that all workers share; each step is one script, so two workers never take the same call."""

    RESERVE: Final = """
        local blocked = tonumber(redis.call('GET', KEYS[2]) or '0')
        if blocked > tonumber(ARGV[1]) then return {0, tostring(blocked)} end
        local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
        local others = tonumber(redis.call('HGET', KEYS[1], 'others') or '0')
        local limit = tonumber(redis.call('HGET', KEYS[1], 'limit') or ARGV[2])
        local left = math.min(math.floor(limit * tonumber(ARGV[3])) - used, limit - others - used)
        local granted = math.max(0, math.min(tonumber(ARGV[4]), left))
        redis.call('HINCRBY', KEYS[1], 'used', granted)
        redis.call('EXPIRE', KEYS[1], ARGV[5])
        return {granted, ''}
    """
    CORRECT: Final = """
        local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
        local others = tonumber(redis.call('HGET', KEYS[1], 'others') or '0')
        local limit, remaining = tonumber(ARGV[1]), tonumber(ARGV[2])
        redis.call('HSET', KEYS[1], 'limit', limit, 'others', math.max(others, limit - remaining - used))
        redis.call('EXPIRE', KEYS[1], ARGV[3])
        return 1
    """
    BLOCK: Final = """
        local until_ = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1]))
        redis.call('SET', KEYS[1], string.format('%.3f', until_), 'EX', ARGV[2])
        return 1
    """

    def __init__(self, redis: Redis, prefix: str = "braze-window") -> None:
        self._prefix = prefix
        self._reserve = redis.register_script(self.RESERVE)
        self._correct = redis.register_script(self.CORRECT)
        self._block = redis.register_script(self.BLOCK)

    @classmethod
    def from_url(cls, url: str, prefix: str = "braze-window") -> RedisStore:
        """Return a store at a Redis URL; the redis package is needed only here."""
        from redis import Redis

        return cls(Redis.from_url(url), prefix)

    def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
        """Take up to ``wanted`` calls out of the current window, atomically."""
        arguments = [now.timestamp(), pool.limit, pool.share, max(0, wanted), pool.window_seconds + 60]
        keys = [self._window_key(key, pool, pool.window_start(now)), self._blocked_key(key, pool)]
        granted, blocked_until = self._reserve(keys=keys, args=arguments)
        if blocked_until:
            return Grant(0, datetime.fromtimestamp(float(blocked_until), UTC))
        return Grant(int(granted), pool.window_end(now))

    def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
        """Note what Braze said is left until ``reset_at``."""
        if remaining <= 0:
            self._block(keys=[self._blocked_key(key, pool)], args=[reset_at.timestamp(), 2 * DAY_SECONDS])
        elif limit is not None:
            start = pool.window_start(reset_at - timedelta(seconds=1))
            window_key = self._window_key(key, pool, start)
            self._correct(keys=[window_key], args=[limit, remaining, pool.window_seconds + 60])

    def _window_key(self, key: str, pool: Pool, start: datetime) -> str:
        return f"{self._prefix}:{{{key}}}:{pool.name}:{int(start.timestamp())}"

    def _blocked_key(self, key: str, pool: Pool) -> str:
        return f"{self._prefix}:{{{key}}}:{pool.name}:blocked"


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


def note_rate_limits(store: WindowStore, key: str, pool: Pool, limits: RateLimits) -> None:
    """Correct the store by what an answer's headers said; does nothing where they said too little."""
    if limits.remaining is not None and limits.reset_at is not None:
        store.correct(key, pool, limits.limit, limits.remaining, limits.reset_at)


def whole(value: str | None) -> int | None:
    """Return a count of at least 0 from a header's text, else None."""
    digits = (value or "").strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 18 else None


def budget_key(endpoint: str, api_key: str) -> str:
    """Return the name under which a workspace's windows are counted: host and a hash of the key, never the key.

    Two brands that share a workspace by the same key share its budget.
    """
    parts = urlsplit(endpoint)
    return f"{parts.netloc.lower()}:{hashlib.sha256(api_key.encode()).hexdigest()[:24]}"
