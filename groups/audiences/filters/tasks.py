"""What becomes of a brand's decision on which attributes filters may use."""

from __future__ import annotations

from celery import shared_task

from groups.audiences.filters import indexes, mirroring


@shared_task(name="groups.audiences.filters.tend")
def tend() -> None:
    """Makes and drops indexes, and lets the sync bring mirrored attributes to Braze.

    Twice or at once: nothing more is done. Late or never: filters are slow until the sweep comes by, and find the same.
    """
    indexes.tend()
    mirroring.tend()
