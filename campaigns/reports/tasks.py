"""Background work of reports."""

from __future__ import annotations

from celery import shared_task

from campaigns.reports.collecting import collect as run_collect


@shared_task(name="campaigns.reports.collect")
def collect() -> None:
    """Reads what is due. Twice is harmless: each day's numbers replace themselves."""
    run_collect()
