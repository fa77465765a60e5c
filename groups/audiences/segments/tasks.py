"""Reading segments from Braze, where nobody waits for it."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from groups.audiences.segments import reading
from groups.models import Brand, BrazeSegment


@shared_task(name="groups.audiences.segments.read")
def read(segment_id: str) -> None:
    """Reads one segment that has just been assigned, or that somebody wants read again.

    Twice or at once: what Braze says of a day stands once. Late or never: the next round reads it.
    """
    segment = BrazeSegment.objects.select_related("brand").filter(pk=UUID(segment_id)).first()
    if segment is not None:
        reading.read(segment)


@shared_task(name="groups.audiences.segments.read_all")
def read_all() -> None:
    """Reads the segments of all brands that are connected, four times a day.

    Twice or at once: as above. Never: after 100 days the sizes in between are lost, because Braze does not have them.
    """
    for brand in Brand.objects.exclude(workspace=None):
        reading.read_all(brand)
