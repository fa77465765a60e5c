"""Hints to the workers, sent when the transaction of their cause has been written; losing one costs seconds."""

from __future__ import annotations

import logging
import uuid

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def send(webhook_id: uuid.UUID) -> None:
    """Asks a worker to tell a webhook what waits for it."""

    def nudge() -> None:
        try:
            current_app.send_task("campaigns.webhooks.send", args=[str(webhook_id)])
        except (OperationalError, OSError) as error:
            # The row is the truth and the queue: the sweep will find it.
            log.warning("nudge.lost task=campaigns.webhooks.send error=%s", type(error).__name__)

    transaction.on_commit(nudge)
