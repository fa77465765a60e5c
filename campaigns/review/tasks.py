"""Background work of reviews."""

from __future__ import annotations

from celery import shared_task

from campaigns.review.sweeping import escalate_reviews, expire_reviews, remind_reviews


@shared_task(name="campaigns.review.sweep")
def sweep() -> None:
    """Expires what nobody approved in time, and reminds before that.

    Running twice is harmless: each review moves, and each notice is noted, by a conditional update.
    """
    expire_reviews()
    remind_reviews()
    escalate_reviews()
