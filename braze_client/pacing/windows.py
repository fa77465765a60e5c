"""The count of a window, what a store of windows does, and the store of one process."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import floor
from typing import Protocol

from braze_client.errors import NotSent
from braze_client.pacing.pools import Pool


class WindowsUnreachable(NotSent):
    """The store of the windows does not answer, so nobody knows what is left: the call was not made."""


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


@dataclass(frozen=True, slots=True)
class Seen:
    """A window as it stands, for somebody who looks at it; until `blocked_until` Braze takes no call of the pool."""

    window: Window
    blocked_until: datetime | None = None

    def left(self, pool: Pool) -> int:
        """Return how many calls we may still make in it."""
        return 0 if self.blocked_until is not None else self.window.available(pool)


class WindowStore(Protocol):
    """Where the windows of all workers of a workspace are counted; ``key`` comes from :func:`budget_key`.

    All verbs may wait for a server, and raise :class:`WindowsUnreachable` where it does not answer.
    """

    def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
        """Take up to ``wanted`` calls out of the current window at once for all workers, and say when it resets."""
        ...

    def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
        """Note what Braze said is left until ``reset_at``; 0 stops the pool until then."""
        ...


class ReadableStore(WindowStore, Protocol):
    """A store that can also be looked at, which takes nothing out of it."""

    def look(self, key: str, pool: Pool, now: datetime) -> Seen:
        """Return the current window of a pool; one that nobody has used yet is empty."""
        ...


class MemoryStore:
    """A store of one process, for tests and single workers; safe between threads, and never waits.

    Of each pool it keeps the newest windows and forgets those that ended two windows before the newest.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], dict[datetime, Window]] = {}
        self._blocked: dict[tuple[str, str], datetime] = {}

    def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
        """Take up to ``wanted`` calls out of the current window."""
        start = pool.window_start(now)
        with self._lock:
            blocked_until = self._blocked.get((key, pool.name))
            if blocked_until is not None and now < blocked_until:
                return Grant(0, blocked_until)
            windows = self._kept(key, pool, start)
            window = windows.get(start, Window())
            granted = min(max(0, wanted), window.available(pool))
            windows[start] = replace(window, used=window.used + granted)
        return Grant(granted, pool.window_end(now))

    def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
        """Note what Braze said is left until ``reset_at``."""
        start = pool.window_start(reset_at - timedelta(seconds=1))
        with self._lock:
            if remaining <= 0:
                blocked_until = self._blocked.get((key, pool.name), reset_at)
                self._blocked[key, pool.name] = max(reset_at, blocked_until)
            elif limit is not None:
                windows = self._kept(key, pool, start)
                windows[start] = windows.get(start, Window()).corrected(limit, remaining)

    def look(self, key: str, pool: Pool, now: datetime) -> Seen:
        """Return the current window of a pool."""
        with self._lock:
            window = self._windows.get((key, pool.name), {}).get(pool.window_start(now), Window())
            return Seen(window, _still(self._blocked.get((key, pool.name)), now))

    def _kept(self, key: str, pool: Pool, start: datetime) -> dict[datetime, Window]:
        windows = self._windows.setdefault((key, pool.name), {})
        if start not in windows:
            oldest = start - timedelta(seconds=2 * pool.window_seconds)
            for ended in [moment for moment in windows if moment < oldest]:
                del windows[ended]
        return windows


def _still(blocked_until: datetime | None, now: datetime) -> datetime | None:
    return blocked_until if blocked_until is not None and now < blocked_until else None
