"""Background work of reviews."""

from __future__ import annotations

from celery import shared_task

from campaigns.review.services import expire_reviews


@shared_task(name="campaigns.review.sweep")
def sweep() -> None:
    """Expires what nobody approved in time; running twice is harmless: each review moves by a conditional update."""
    expire_reviews()
