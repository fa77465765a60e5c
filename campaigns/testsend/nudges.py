"""Nudges to the workers: a message with the id of a test, sent once its row is committed; losing one costs seconds."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def send(test_id: UUID) -> None:
    """Asks a worker to hand a test mail over."""

    def nudge() -> None:
        try:
            current_app.send_task("campaigns.testsend.send", args=[str(test_id)])
        except (OperationalError, OSError) as error:
            # The row is the truth: the sweep finds it without this message.
            log.warning("nudge.lost task=campaigns.testsend.send error=%s", type(error).__name__)

    transaction.on_commit(nudge)
