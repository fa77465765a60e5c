"""Where Braze's rate-limit windows are counted: in Redis where there is one, else in rows of the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import F, Max, QuerySet, Value
from django.db.models.functions import Greatest

from braze_client import Grant, Pool, RedisStore, Window, WindowStore
from groups.models import RateWindow, Workspace

KEPT = timedelta(days=2)


class RowStore:
    """Windows as rows; a reservation is one conditional UPDATE, so two workers never take the same call."""

    def reserve(self, key: str, pool: Pool, wanted: int, now: datetime) -> Grant:
        """Takes up to `wanted` calls out of the current window, and says when it resets."""
        blocked = RateWindow.objects.filter(key=key, pool=pool.name, blocked_until__gt=now)
        if until := blocked.aggregate(until=Max("blocked_until"))["until"]:
            return Grant(0, until)
        start = pool.window_start(now)
        row = self._row(key, pool, start)
        while True:
            count = row.values_list("reserved", "others", "limit").get()
            window = Window(used=count[0], others=count[1], limit=count[2] or None)
            granted = min(max(0, wanted), window.available(pool))
            unchanged = row.filter(reserved=count[0], others=count[1], limit=count[2])
            if granted == 0 or unchanged.update(reserved=F("reserved") + granted):
                return Grant(granted, pool.window_end(now))

    def correct(self, key: str, pool: Pool, limit: int | None, remaining: int, reset_at: datetime) -> None:
        """Notes what Braze said is left until `reset_at`; 0 stops the pool until then."""
        row = self._row(key, pool, pool.window_start(reset_at - timedelta(seconds=1)))
        if remaining <= 0:
            row.exclude(blocked_until__gt=reset_at).update(blocked_until=reset_at)
        elif limit is not None:
            row.update(limit=limit, others=Greatest(F("others"), Value(limit - remaining) - F("reserved"), Value(0)))

    def left(self, key: str, pool: Pool, now: datetime) -> int:
        """Gives how many calls may still be made in the current window, and takes none of them."""
        rows = RateWindow.objects.filter(key=key, pool=pool.name)
        if rows.filter(blocked_until__gt=now).exists():
            return 0
        count = rows.filter(starts_at=pool.window_start(now)).values_list("reserved", "others", "limit").first()
        used, others, limit = count or (0, 0, 0)
        return Window(used=used, others=others, limit=limit or None).available(pool)

    def _row(self, key: str, pool: Pool, start: datetime) -> QuerySet[RateWindow]:
        _window, is_new = RateWindow.objects.get_or_create(key=key, pool=pool.name, starts_at=start)
        if is_new:
            RateWindow.objects.filter(key=key, starts_at__lt=start - KEPT).delete()
        return RateWindow.objects.filter(key=key, pool=pool.name, starts_at=start)


def share_of(workspace: Workspace) -> float:
    """Gives the part of Braze's windows that is ours, above 0 to 1; the rest stays for the brand's other tools."""
    percent = workspace.budget_percent
    return settings.BRAZE_BUDGET_SHARE if percent is None else percent / 100


def ours(pool: Pool, workspace: Workspace) -> Pool:
    """Gives a window of which only our share is counted on."""
    return pool.with_share(share_of(workspace))


def store() -> WindowStore:
    """Gives the store that all workers of this installation share."""
    return _redis_store(settings.REDIS_URL) if settings.REDIS_URL else RowStore()


@lru_cache(maxsize=2)
def _redis_store(url: str) -> RedisStore:
    return RedisStore.from_url(url)
