"""Celery's way in: each message is a hint with an id; the rows say what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from groups.erasing import working


@shared_task(name="groups.erasing.run")
def run(erasure_id: str) -> None:
    """Goes on with an erasure.

    Twice or at once: the second finds the lease taken, and every step may be done again. Late or never: the row waits,
    and the sweep finds it.
    """
    working.work_on(UUID(erasure_id))


@shared_task(name="groups.erasing.sweep")
def sweep() -> None:
    """Goes on with the erasures whose time has come.

    Twice or at once: as above. Never: they wait.
    """
    for erasure_id in working.waiting():
        working.work_on(erasure_id)
