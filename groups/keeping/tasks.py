"""Celery's way in: each message is a hint with an id; the rows say what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from groups.keeping import working


@shared_task(name="groups.keeping.run")
def run(brand_id: str) -> None:
    """Goes on with a change-over.

    Twice or at once: the second finds the lease taken, and each chunk moves the place that it reached in its own
    transaction. Late or never: the row waits, and the sweep finds it.
    """
    working.work_on(UUID(brand_id))


@shared_task(name="groups.keeping.sweep")
def sweep() -> None:
    """Finds the change-overs that nobody works on.

    Twice or at once: hints are harmless. Never: they wait.
    """
    for brand_id in working.waiting():
        run.delay(str(brand_id))
