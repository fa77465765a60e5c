"""Rate-limit pools whose windows are fixed to the clock (contract section 15)."""

from __future__ import annotations

from dataclasses import dataclass

MINUTE_SECONDS = 60
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Pool:
    """So many calls in each window of so many seconds, counted from the epoch."""

    name: str
    limit: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left of a pool after a call; `resets_at` is UTC epoch seconds."""

    is_allowed: bool
    limit: int
    remaining: int
    resets_at: int


@dataclass(frozen=True, slots=True)
class Quota:
    """What was used of a window, for people who look."""

    name: str
    limit: int
    used: int
    resets_at: int


BROADCAST = Pool("broadcast", 250, MINUTE_SECONDS)
SUBSCRIPTION_SET = Pool("subscription_set", 5_000, MINUTE_SECONDS)
USER_CHANGES = Pool("user_changes", 20_000, MINUTE_SECONDS)
CAMPAIGN_SERIES = Pool("campaign_series", 50_000, MINUTE_SECONDS)


def unique_audience(digest: str) -> Pool:
    """Returns the pool of one audience: 10 broadcasts a minute."""
    return Pool(f"audience:{digest}", 10, MINUTE_SECONDS)


class Windows:
    """Counts calls per pool; the count falls to nothing when the clock enters a new window."""

    def __init__(self) -> None:
        self._used: dict[str, tuple[int, int]] = {}
        self._pools: dict[str, Pool] = {}

    def take(self, pool: Pool, now: float) -> Standing:
        """Counts one call and says whether it was still allowed; a refused call is not counted."""
        window = int(now // pool.seconds)
        counted_window, used = self._used.get(pool.name, (window, 0))
        if counted_window != window:
            used = 0
        is_allowed = used < pool.limit
        if is_allowed:
            used += 1
        self._used[pool.name] = (window, used)
        self._pools[pool.name] = pool
        return Standing(is_allowed, pool.limit, pool.limit - used, (window + 1) * pool.seconds)

    def quotas(self, now: float) -> list[Quota]:
        """Returns every window that was drawn on, as it stands now."""
        found: list[Quota] = []
        for name, pool in self._pools.items():
            window = int(now // pool.seconds)
            counted_window, used = self._used[name]
            found.append(Quota(name, pool.limit, used if counted_window == window else 0, (window + 1) * pool.seconds))
        return found
