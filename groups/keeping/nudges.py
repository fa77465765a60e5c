"""The hint to the workers that a brand is to be emptied; losing it costs a minute."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def empty(brand_id: UUID) -> None:
    """Asks a worker to empty what is kept of a brand's contacts, when the transaction of its cause is written."""
    transaction.on_commit(lambda: _send(brand_id))


def _send(brand_id: UUID) -> None:
    try:
        current_app.send_task("groups.keeping.empty", args=[str(brand_id)])
    except OperationalError:
        logger.warning("The broker did not take a hint to empty the contacts of %s; the sweep will.", brand_id)
