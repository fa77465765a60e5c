"""Hints to the worker that somebody is to be erased; losing one costs seconds."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def run(erasure_id: UUID) -> None:
    """Asks a worker to go on with an erasure once the transaction is written."""
    transaction.on_commit(lambda: _send(erasure_id))


def _send(erasure_id: UUID) -> None:
    try:
        current_app.send_task("groups.erasing.run", args=[str(erasure_id)])
    except OperationalError:
        # The row is the truth: the sweep finds it without this hint.
        logger.warning("The broker did not take a hint for an erasure; the sweep will find it.")
