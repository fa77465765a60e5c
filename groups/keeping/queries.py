"""Where the change-over of a brand stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from groups.models import Brand, Forgetting


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a change-over is: rows that are done of all that held something, and about when it ends.

    Without `total` the rows are being counted; without `ends_at` nobody can tell yet.
    """

    done: int
    total: int | None
    started_at: datetime
    ends_at: datetime | None


def progress_of(brand: Brand) -> Progress | None:
    """Gives how far a brand's change-over is; nothing where none is under way."""
    forgetting = Forgetting.objects.filter(brand=brand, finished_at=None).first()
    if forgetting is None:
        return None
    done, total = forgetting.rows_done, forgetting.rows_total
    ends_at = None
    if done and total is not None:
        now = timezone.now()
        ends_at = now + (now - forgetting.started_at) * (max(0, total - done) / done)
    # A table that is looked through a second time counts its rows again.
    return Progress(done if total is None else min(done, total), total, forgetting.started_at, ends_at)
