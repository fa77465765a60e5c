"""Background work of webhooks; each task takes an id and calls one function."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.db import transaction

from campaigns.webhooks import nudges, sending


@shared_task(name="campaigns.webhooks.send")
def send(webhook_id: str) -> None:
    """Tells a webhook what waits. Twice or at once: one takes the lease. Late or never: the sweep finds the rows."""
    sending.send_waiting(UUID(webhook_id))


@shared_task(name="campaigns.webhooks.sweep")
def sweep() -> None:
    """Nudges for what is due. Twice at once is harmless: a nudge too many finds nothing."""
    with transaction.atomic():
        for webhook_id in sending.webhooks_with_work():
            nudges.send(webhook_id)


@shared_task(name="campaigns.webhooks.tidy")
def tidy() -> None:
    """Forgets old events. Twice or at once: the second finds none. Late or never: they take room, and no more."""
    sending.forget_old_events()
