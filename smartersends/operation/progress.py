"""Whether the work goes on: what waits, who lives, what is left, each against its threshold."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from celery.exceptions import CeleryError
from django.conf import settings
from django.db import DatabaseError
from redis import RedisError

from braze_client.pacing import WindowsUnreachable
from campaigns.operation.waiting import oldest_due_batch_seconds, oldest_unswept_seconds
from groups.crypto import SecretUnreadable
from groups.watching.budgets import budgets
from smartersends.operation.heartbeats import heartbeats

log = logging.getLogger(__name__)

UNREADABLE = (DatabaseError, RedisError, OSError, WindowsUnreachable, SecretUnreadable, CeleryError)


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured: its number and unit, the number that must not be passed, and whether it is kept.

    `value` is None where there is nothing to measure, or where it could not be read.
    """

    name: str
    value: float | None
    limit: float
    unit: str
    is_fine: bool


def measures(now: datetime) -> list[Measure]:
    """Gives all that tells whether the work goes on; what cannot be read is not fine."""
    found: list[Measure] = []
    for name, read in _READERS.items():
        try:
            found += read(now)
        except UNREADABLE as error:
            log.warning("progress.unreadable part=%s error=%s", name, type(error).__name__)
            found.append(Measure(name, None, 0, "", is_fine=False))
    return found


def _at_most(name: str, value: float | None, limit: float) -> Measure:
    rounded = None if value is None else round(value, 1)
    return Measure(name, rounded, limit, "seconds", is_fine=value is not None and value <= limit)


def _batches(now: datetime) -> Iterator[Measure]:
    yield _at_most("oldest_due_batch", oldest_due_batch_seconds(now), settings.PROGRESS_BATCH_SECONDS)


def _sweep(now: datetime) -> Iterator[Measure]:
    yield _at_most("oldest_unswept", oldest_unswept_seconds(now), settings.PROGRESS_SWEEP_SECONDS)


def _signs(now: datetime) -> Iterator[Measure]:
    signs = heartbeats()
    limit = settings.PROGRESS_WORKER_SECONDS
    if not signs.workers:
        yield _at_most("worker", None, limit)
    for worker, age in signs.workers.items():
        yield _at_most(f"worker {worker}", age, limit)
    yield _at_most("last_task", signs.task, limit)
    yield _at_most("clock", signs.beat, settings.PROGRESS_BEAT_SECONDS)


def _budgets(now: datetime) -> Iterator[Measure]:
    least = settings.PROGRESS_BUDGET_PERCENT
    for budget in budgets(now):
        is_fine = budget.percent >= least
        yield Measure(f"budget {budget.brand}", round(budget.percent, 1), least, "percent", is_fine=is_fine)


_READERS: dict[str, Callable[[datetime], Iterator[Measure]]] = {
    "batches": _batches,
    "sweep": _sweep,
    "heartbeats": _signs,
    "budgets": _budgets,
}
