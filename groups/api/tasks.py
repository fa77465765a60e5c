"""Celery's way in: the clock forgets what is kept of calls of the day before."""

from __future__ import annotations

from celery import shared_task

from groups.api.idempotency import forget_old_calls


@shared_task(name="groups.api.tidy")
def tidy() -> None:
    """Forgets old calls. Twice or at once: the second finds none. Late or never: they take room, and count no more."""
    forget_old_calls()
