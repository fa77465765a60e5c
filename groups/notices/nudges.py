"""The hint to the workers that mail may be due, sent once its cause is committed; losing one costs seconds."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def mail_due() -> None:
    """Asks a worker to mail what is due."""
    transaction.on_commit(_send)


def _send() -> None:
    try:
        current_app.send_task("groups.notices.mail_due")
    except (OperationalError, OSError) as error:
        # The row is the queue: the sweep finds it without this hint.
        log.warning("nudge.lost task=groups.notices.mail_due error=%s", type(error).__name__)
