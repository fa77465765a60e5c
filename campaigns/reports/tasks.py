"""Background work of reports."""

from __future__ import annotations

from celery import shared_task

from campaigns.reports.collecting import collect as run_collect
from campaigns.reports.rolling.running import roll_up as run_roll_up

ROLL_UP_SECONDS = 60.0


@shared_task(name="campaigns.reports.collect")
def collect() -> None:
    """Reads what is due. Twice is harmless: each day's numbers replace themselves."""
    run_collect()


@shared_task(name="campaigns.reports.roll_up")
def roll_up() -> None:
    """Adds up what is due, for a minute at most. Twice or late is harmless: each piece is made from the rows."""
    run_roll_up(seconds=ROLL_UP_SECONDS)
