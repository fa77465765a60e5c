"""Hints to the workers, sent when the transaction of their cause has been written; losing one costs seconds."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def run_import(import_id: UUID) -> None:
    """Asks a worker to go on with an import."""
    transaction.on_commit(lambda: _send("groups.audiences.run_import", str(import_id)))


def sync(workspace_id: UUID | None) -> None:
    """Asks a worker to bring contacts to Braze; does nothing for a brand without a workspace."""
    if workspace_id is not None:
        transaction.on_commit(lambda: _send("groups.audiences.sync", str(workspace_id)))


def tend_targets() -> None:
    """Asks a worker to see to what filters need of their attributes."""
    transaction.on_commit(lambda: _send("groups.audiences.filters.tend"))


def read_segment(segment_id: UUID) -> None:
    """Asks a worker to read a segment and its sizes from Braze."""
    transaction.on_commit(lambda: _send("groups.audiences.segments.read", str(segment_id)))


def _send(task: str, *arguments: str) -> None:
    try:
        current_app.send_task(task, args=list(arguments))
    except OperationalError:
        # The row is the truth: the sweep finds it without this hint.
        logger.warning("The broker did not take a hint for %s; the sweep will find the work.", task)
