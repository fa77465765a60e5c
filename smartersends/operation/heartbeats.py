"""Signs of life of workers and of the clock, in the cache that all processes share."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from celery.signals import heartbeat_sent, task_success, worker_shutdown
from django.conf import settings
from django.core.cache import cache

log = logging.getLogger(__name__)

WORKERS: Final = "heartbeat-workers"
BEAT: Final = "heartbeat-beat"
TASK: Final = "heartbeat-task"
# A worker that was killed is missed for so long; then whoever took it away meant it.
MISSED_SECONDS: Final = 3600
KEPT_SECONDS: Final = 7 * 24 * 3600
EVERY_SECONDS: Final = 5.0

_noted: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Ages in seconds: of each worker's sign of life by its name, of the clock's, of the last task that was finished.

    None where there was never any, or none for a week.
    """

    workers: Mapping[str, float]
    beat: float | None
    task: float | None


def note_worker(name: str) -> None:
    """Notes that a worker lives; at most every five seconds, however often it is called."""
    if not _is_due(f"worker {name}"):
        return
    _touch()
    cache.set(_key(name), time.time(), MISSED_SECONDS)
    known = cache.get(WORKERS) or []
    # Of two that are new at the same moment one may get lost here, until it notes itself again.
    if name not in known:
        cache.set(WORKERS, [*(one for one in known if cache.get(_key(one)) is not None), name], KEPT_SECONDS)


def forget_worker(name: str) -> None:
    """Takes a worker out that ends as it was asked to, so that nobody misses it."""
    cache.delete(_key(name))
    _noted.pop(f"worker {name}", None)


def note_beat() -> None:
    """Notes that the clock ticks."""
    if _is_due("beat"):
        _touch()
        cache.set(BEAT, time.time(), KEPT_SECONDS)


def note_task() -> None:
    """Notes that a task was finished; the sweeps run every few seconds, so an old note means that nothing is done."""
    if _is_due("task"):
        cache.set(TASK, time.time(), KEPT_SECONDS)


def heartbeats() -> Heartbeats:
    """Gives how long ago each was last heard of; a worker that was asked to end is not among them."""
    now = time.time()
    names = cache.get(WORKERS) or []
    seen = cache.get_many([_key(name) for name in names])
    workers = {name: max(0.0, now - seen[_key(name)]) for name in sorted(names) if _key(name) in seen}
    beat, task = (None if at is None else max(0.0, now - at) for at in (cache.get(BEAT), cache.get(TASK)))
    return Heartbeats(workers, beat, task)


def _key(name: str) -> str:
    """Gives the key of a worker; what a host may be named, a cache may not take."""
    return f"heartbeat-worker-{name.encode().hex()}"


def _is_due(what: str) -> bool:
    now = time.monotonic()
    if now - _noted.get(what, -EVERY_SECONDS) < EVERY_SECONDS:
        return False
    _noted[what] = now
    return True


def _touch() -> None:
    if settings.HEARTBEAT_FILE:
        Path(settings.HEARTBEAT_FILE).touch()


@heartbeat_sent.connect(dispatch_uid="smartersends-worker-heartbeat")
def _worker_lives(sender: Any, **_: Any) -> None:
    note_worker(sender.eventer.hostname)


@worker_shutdown.connect(dispatch_uid="smartersends-worker-end")
def _worker_ends(sender: Any, **_: Any) -> None:
    forget_worker(sender.hostname)


@task_success.connect(dispatch_uid="smartersends-task-heartbeat")
def _task_ends(**_: Any) -> None:
    note_task()
