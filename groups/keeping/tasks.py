"""Celery's way in: a message is a hint with an id; the brand's row says what is to be done."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from groups.keeping import emptying


@shared_task(name="groups.keeping.empty")
def empty(brand_id: str) -> None:
    """Empties what a brand has of its contacts.

    Twice or at once: the second waits for the first and finds nothing to do. Late: imports and plans wait. Never: the
    sweep finds it.
    """
    emptying.empty(UUID(brand_id))


@shared_task(name="groups.keeping.sweep")
def sweep() -> None:
    """Asks again for brands that are still to be emptied. Twice or at once: hints are harmless."""
    for brand_id in emptying.brands_to_empty():
        empty.delay(str(brand_id))
