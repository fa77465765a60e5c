"""The totals of mailings that nobody has made yet: those that went out, or were settled, since the last time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from campaigns.models import Delivery, Mailing, RollupRun
from campaigns.reports.totals import CHUNK, refresh

# What was committed while the last run began is looked at once more.
OVERLAP: Final = timedelta(hours=2)


def roll_results(run: RollupRun, _today: date) -> Iterator[str]:
    """Adds up mailings in the order of their ids; yields the last id of each piece."""
    gone = Delivery.objects.filter(mailing=OuterRef("pk"), go_at__lte=timezone.now())
    if run.since is not None:
        since = run.since - OVERLAP
        gone = gone.filter(Q(go_at__gt=since) | Q(settled_at__gt=since) | Q(report_read_at__gt=since))
    mailings = Mailing.everything.filter(Exists(gone), group__brand=run.brand).order_by("pk")
    cursor = run.cursor
    while True:
        left = mailings.filter(pk__gt=cursor) if cursor else mailings
        ids = list(left.values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return
        refresh(ids)
        cursor = str(ids[-1])
        yield cursor
