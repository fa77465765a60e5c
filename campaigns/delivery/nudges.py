"""Nudges: Celery messages that carry an id, sent once the change that they speak of is committed.

A nudge may be lost or doubled: the sweep finds the same work in the rows.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from campaigns.models import Delivery

log = logging.getLogger(__name__)

# A little longer than a worker's longest run.
RUNNING_SECONDS = 40


def plan(delivery: Delivery) -> None:
    """Asks a worker to plan a delivery."""
    _on_commit("campaigns.delivery.plan", delivery.pk)


def dispatch(workspace_id: uuid.UUID) -> None:
    """Asks a worker to hand over what waits in a workspace."""
    _on_commit("campaigns.delivery.dispatch", workspace_id)


@contextmanager
def running(workspace_id: uuid.UUID) -> Iterator[None]:
    """Marks that a worker hands over for a workspace, so that the sweep sends no more nudges than are needed."""
    with suppress(RedisError):
        cache.set(_mark(workspace_id), True, RUNNING_SECONDS)
    try:
        yield
    finally:
        with suppress(RedisError):
            cache.delete(_mark(workspace_id))


def is_running(workspace_id: uuid.UUID) -> bool:
    """Tells whether a worker hands over for a workspace at this moment; wrong answers only cost a nudge."""
    try:
        return bool(cache.get(_mark(workspace_id)))
    except RedisError:
        return False


def _mark(workspace_id: uuid.UUID) -> str:
    return f"dispatching:{workspace_id}"


def _on_commit(task: str, pk: uuid.UUID) -> None:
    def nudge() -> None:
        try:
            current_app.send_task(task, args=[str(pk)])
        except (OperationalError, OSError) as error:
            # The row is the truth and the queue: the sweep will find it.
            log.warning("nudge.lost task=%s error=%s", task, type(error).__name__)

    transaction.on_commit(nudge)
