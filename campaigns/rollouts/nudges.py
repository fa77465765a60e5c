"""Hints to the workers, sent once their cause is committed; the sweep finds the same work in the rows."""

from __future__ import annotations

import logging
import uuid

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def work(rollout_id: uuid.UUID) -> None:
    """Asks a worker to bring the parts of a rollout to where it wants them."""
    _on_commit("campaigns.rollouts.work", str(rollout_id))


def sweep() -> None:
    """Asks a worker to look at the clock now."""
    _on_commit("campaigns.rollouts.sweep")


def _on_commit(task: str, *arguments: str) -> None:
    def nudge() -> None:
        try:
            current_app.send_task(task, args=list(arguments))
        except (OperationalError, OSError) as error:
            log.warning("nudge.lost task=%s error=%s", task, type(error).__name__)

    transaction.on_commit(nudge)
