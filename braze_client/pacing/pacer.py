"""Waiting until a window has room: our share of it, shared by all workers, and never a call more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from braze_client.errors import RateLimited
from braze_client.limits import demand
from braze_client.pacing.headers import RateLimits, note_rate_limits
from braze_client.pacing.pools import BROADCASTS_PER_AUDIENCE, Pool
from braze_client.pacing.windows import MemoryStore, WindowStore

if TYPE_CHECKING:
    from braze_client.calls.call import Call

P = ParamSpec("P")
R = TypeVar("R")

MARGIN_SECONDS: Final = 1.0
MARGIN_SHARE: Final = 0.1
CALLS_PER_LEASE: Final = 16
LEASES_PER_WINDOW: Final = 20
NOTHING_HEARD: Final = RateLimits(None, None, None)
LONGEST_WAIT_SECONDS: Final = 90.0
REST_SECONDS: Final = 1.0


@dataclass(slots=True)
class _Lease:
    """Calls of one window that were taken from the store and not yet made."""

    calls: int
    ends_at: datetime


class Pacer:
    """Lets the calls of one client go as their windows allow; belongs to one event loop, shares its ``store``.

    ``key`` comes from :func:`budget_key`. Of each window ``share`` (0 to 1) is ours. No call starts in the first and
    last second of a window (at most a tenth of it): one that is under way when a window ends might be counted in the
    next, and clocks differ. A wait of more than ``longest_wait_seconds`` raises :class:`RateLimited` with the time at
    which the window opens, before anything was sent (B-RL-3). Raises :class:`WindowsUnreachable` where the store does
    not answer, :class:`ContractViolation` where our share is less than one call.
    """

    def __init__(
        self,
        store: WindowStore,
        key: str,
        *,
        share: float = 1.0,
        pools: tuple[Pool, ...] = (),
        calls_per_lease: int = CALLS_PER_LEASE,
        longest_wait_seconds: float = LONGEST_WAIT_SECONDS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._key = key
        self._share = share
        self._own_pools = {pool.name: pool for pool in pools}
        self._calls_per_lease = calls_per_lease
        self._longest_wait_seconds = longest_wait_seconds
        self._now = now
        self._sleep = sleep
        self._leases: dict[str, _Lease] = {}
        self._blocked: dict[str, datetime] = {}
        self._heard: dict[str, tuple[Pool, RateLimits]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @property
    def paused_until(self) -> datetime | None:
        """Return until when Braze takes no more of some window, or None where all are open."""
        coming = [moment for moment in self._blocked.values() if moment > self._now()]
        return max(coming, default=None)

    async def take(self, call: Call[object]) -> None:
        """Wait until the call may be made: within its window, that of Braze's headers, and that of its audience."""
        pools = [self._ours(pool) for pool in dict.fromkeys((call.pool, call.answered_pool))]
        if call.audience_key is not None:
            pools.append(self._ours(BROADCASTS_PER_AUDIENCE).for_audience(call.audience_key))
        while (opens_at := await self._claim_all(pools)) is not None:
            await self._wait_until(opens_at)

    def heard(self, call: Call[object], limits: RateLimits) -> None:
        """Note what an answer's headers said; the store hears it with the next lease, a stop holds at once.

        An answer that comes late takes no stop back.
        """
        if limits.remaining is None:
            return
        pool = self._ours(call.answered_pool)
        _, known = self._heard.get(pool.name, (pool, NOTHING_HEARD))
        is_stopped = known.remaining == 0 and known.reset_at is not None and known.reset_at > self._now()
        if is_stopped and limits.remaining > 0:
            return
        if limits.remaining <= 0:
            reset_at = limits.reset_at or self._now() + timedelta(seconds=REST_SECONDS)
            limits = RateLimits(limits.limit, 0, reset_at)
            self._blocked[pool.name] = max(reset_at, self._blocked.get(pool.name, reset_at))
            self._leases.pop(pool.name, None)
        self._heard[pool.name] = (pool, limits)

    def _ours(self, pool: Pool) -> Pool:
        ours = self._own_pools.get(pool.name, pool).with_share(self._share)
        demand("15", ours.allowed >= 1, f"our share of the window {pool.name} is less than one call")
        return ours

    async def _claim_all(self, pools: list[Pool]) -> datetime | None:
        """Take one call of each pool, or none and return when they open; whatever goes wrong, nothing is kept."""
        taken: list[_Lease] = []
        opens_at: datetime | None = None
        try:
            for pool in pools:
                claim = await self._claim(pool)
                if isinstance(claim, _Lease):
                    taken.append(claim)
                else:
                    opens_at = claim if opens_at is None else max(opens_at, claim)
        except BaseException:
            _give_back(taken)
            raise
        if opens_at is not None:
            _give_back(taken)
        return opens_at

    async def _claim(self, pool: Pool) -> _Lease | datetime:
        """Take one call of the pool and return its lease, or return when the pool opens."""
        async with self._locks.setdefault(pool.name, asyncio.Lock()):
            now = self._now()
            if (blocked_until := self._blocked.get(pool.name)) is not None and now < blocked_until:
                await self._tell()
                return blocked_until
            start, end, margin = pool.window_start(now), pool.window_end(now), margin_of(pool)
            if now < start + margin:
                return start + margin
            if now > end - margin:
                return end + margin
            lease = self._leases.get(pool.name)
            if lease is not None and lease.calls > 0 and lease.ends_at == end:
                lease.calls -= 1
                return lease
            await self._tell()
            grant = await self._asked(self._store.reserve, self._key, pool, self._lease_size(pool), now)
            if not grant.granted:
                return grant.resets_at + margin
            self._leases[pool.name] = lease = _Lease(grant.granted - 1, end)
            return lease

    async def _tell(self) -> None:
        """Correct the store by the last that was heard of each pool."""
        for name, (pool, limits) in list(self._heard.items()):
            await self._asked(note_rate_limits, self._store, self._key, pool, limits, self._now())
            if self._heard.get(name) == (pool, limits):
                del self._heard[name]

    def _lease_size(self, pool: Pool) -> int:
        """Return how many calls to take at once: few of a small window, because what is not used of them is lost."""
        return max(1, min(self._calls_per_lease, pool.allowed // LEASES_PER_WINDOW))

    async def _asked(self, verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the store says, without holding up the event loop where it asks a server."""
        if isinstance(self._store, MemoryStore):
            return verb(*args, **kwargs)
        return await asyncio.to_thread(verb, *args, **kwargs)

    async def _wait_until(self, moment: datetime) -> None:
        seconds = (moment - self._now()).total_seconds()
        if seconds > self._longest_wait_seconds:
            raise RateLimited("Our share of Braze's rate limit is used up", retry_at=moment, status=None)
        await self._sleep(max(0.0, seconds))


def _give_back(leases: list[_Lease]) -> None:
    for lease in leases:
        lease.calls += 1


def margin_of(pool: Pool) -> timedelta:
    """Return how far from a window's edges calls stay: a second, at most a tenth of the window."""
    return timedelta(seconds=min(MARGIN_SECONDS, pool.window_seconds * MARGIN_SHARE))
