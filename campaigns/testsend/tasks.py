"""Background work of test mails; each task takes an id and calls one function."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from campaigns.testsend.sending import send as run_send
from campaigns.testsend.sweeping import sweep as run_sweep


@shared_task(name="campaigns.testsend.send")
def send(test_id: str) -> None:
    """Hands a test mail over. Twice or at once: one claim wins. Late or never: the sweep finds the row."""
    run_send(UUID(test_id))


@shared_task(name="campaigns.testsend.sweep")
def sweep() -> None:
    """Finds what is left to do. Twice at once is harmless: every step is a conditional update or a nudge."""
    run_sweep()
