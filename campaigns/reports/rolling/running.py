"""Running the rollups of each brand: stage by stage, piece by piece, so that a run that was cut off goes on there.

Each piece is made from the rows and written whole: made twice, by two at once, or late, it is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from campaigns.models import RollupRun
from campaigns.reports.rolling.clashing import roll_clashes
from campaigns.reports.rolling.results import roll_results
from campaigns.reports.rolling.standings import roll_standings
from campaigns.reports.rolling.templates import roll_templates
from campaigns.reports.rolling.usage import roll_usage
from campaigns.reports.rolling.weeks import roll_weeks
from groups.models import Brand
from groups.tree.queries import root_of

STAGES: Final[tuple[Callable[[RollupRun, date], Iterator[str]], ...]] = (
    roll_results,
    roll_weeks,
    roll_standings,
    roll_templates,
    roll_usage,
    roll_clashes,
)
LEASE: Final = timedelta(minutes=10)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def roll_up(*, seconds: float) -> int:
    """Works on the brands whose rollups are due, for so many seconds; gives how many got through.

    At least one piece is made. The brand that has waited longest comes first.
    """
    until = time.monotonic() + seconds
    begun = dict(RollupRun.objects.values_list("brand", "started_at"))
    done = 0
    for brand in sorted(Brand.objects.all(), key=lambda one: (begun.get(one.pk, _LONG_AGO), str(one.pk))):
        run = _claimed(brand, timezone.now())
        if run is None:
            continue
        done += _go_on(run, until)
        if time.monotonic() >= until:
            break
    return done


def rebuild(brand: Brand, *, from_start: bool = True) -> RollupRun:
    """Makes all rollups of a brand anew, whatever is due; without `from_start` it goes on where one was cut off."""
    now = timezone.now()
    run = RollupRun.objects.filter(brand=brand).first()
    if run is None or from_start or run.finished_at is not None:
        run, _made = RollupRun.objects.update_or_create(
            brand=brand,
            defaults={
                "started_at": now,
                "since": None,
                "reads_lists": True,
                "stage": 0,
                "cursor": "",
                "finished_at": None,
                "lease_until": now + LEASE,
            },
        )
    _go_on(run, None)
    return run


def _claimed(brand: Brand, now: datetime) -> RollupRun | None:
    """Takes the run of a brand where one is due or was cut off, and nobody else works on it."""
    run, is_new = RollupRun.objects.get_or_create(brand=brand, defaults={"started_at": now, "lease_until": now + LEASE})
    if is_new:
        return run
    free = RollupRun.objects.filter(Q(lease_until=None) | Q(lease_until__lt=now), brand=brand)
    if run.finished_at is None:
        return run if free.filter(finished_at=None).update(lease_until=now + LEASE) and _reload(run) else None
    taken = free.filter(
        finished_at=run.finished_at, started_at__lte=now - timedelta(minutes=settings.ROLL_UP_EVERY_MINUTES)
    ).update(
        since=run.started_at,
        started_at=now,
        reads_lists=run.started_at.date() != now.date(),
        stage=0,
        cursor="",
        finished_at=None,
        lease_until=now + LEASE,
    )
    return run if taken and _reload(run) else None


def _reload(run: RollupRun) -> bool:
    run.refresh_from_db()
    return True


def _go_on(run: RollupRun, until: float | None) -> bool:
    """Works stage by stage, noting each piece; gives whether it got to the end before `until`."""
    today = run.started_at.astimezone(ZoneInfo(root_of(run.brand).time_zone)).date()
    while run.stage < len(STAGES):
        for cursor in STAGES[run.stage](run, today):
            _note(run, cursor=cursor, lease_until=timezone.now() + LEASE)
            if until is not None and time.monotonic() >= until:
                _note(run, lease_until=None)
                return False
        _note(run, stage=run.stage + 1, cursor="")
    _note(run, finished_at=timezone.now(), lease_until=None)
    return True


def _note(run: RollupRun, **values: object) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    run.save(update_fields=list(values))
