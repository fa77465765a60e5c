"""The night's work of retention."""

from __future__ import annotations

from celery import shared_task

from groups.retention.services import apply

# Less than the time limit of a task, and short enough for other work to have its turn.
NIGHT_SECONDS = 60.0


@shared_task(name="groups.retention.apply")
def apply_rules() -> None:
    """Takes away what was kept for long enough. Twice, late or never is harmless: the next night finds the rows."""
    _found, is_more = apply(limit_seconds=NIGHT_SECONDS)
    if is_more:
        apply_rules.delay()
