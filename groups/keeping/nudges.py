"""Hints to the worker that a brand is to forget its contacts; losing one costs seconds."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def run(brand_id: UUID) -> None:
    """Asks a worker to go on with a change-over once the transaction is written."""
    transaction.on_commit(lambda: _send(brand_id))


def _send(brand_id: UUID) -> None:
    try:
        current_app.send_task("groups.keeping.run", args=[str(brand_id)])
    except OperationalError:
        # The row is the truth: the sweep finds it without this hint.
        logger.warning("The broker did not take a hint for the change-over of brand %s.", brand_id)
