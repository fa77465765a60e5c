"""Celery's way in: the clock asks every minute for what is new to be sealed."""

from __future__ import annotations

from celery import shared_task

from groups.trail.sealing import seal_new_events


@shared_task(name="groups.trail.seal")
def seal() -> None:
    """Seals new events, and nudges itself while some are left.

    Twice or at once: one of two seals is made, the other is nothing. Late or never: the events wait without a seal.
    """
    if seal_new_events():
        seal.delay()
