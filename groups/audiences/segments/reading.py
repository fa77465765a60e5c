"""Keeping what Braze says of the segments that groups have: name, description, and the size of each day.

Braze gives the sizes of the last 100 days at most; the portal keeps them for good.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.utils import timezone

from braze_client import BrazeClient, BrazeError, SegmentDetails, SegmentSeries, calls
from groups.audiences.segments.listing import all_of
from groups.errors import GroupsError
from groups.models import Audience, Brand, BrazeSegment, SegmentSize
from groups.workspace.braze import client_for, explained
from groups.workspace.queries import workspace_of

MOST_DAYS: Final = 100
# Braze corrects the sizes of the last days.
ONCE_MORE: Final = 3


def read_all(brand: Brand) -> int:
    """Reads all segments that groups of a brand have, and whether Braze counts them; gives how many could be read.

    Doing it twice or at once changes nothing: what Braze says of a day stands once.
    """
    assigned = Audience.objects.filter(group__brand=brand).exclude(segment_id="")
    named = dict(assigned.order_by("name").values_list("segment_id", "name"))
    known = set(BrazeSegment.objects.filter(brand=brand, segment_id__in=named).values_list("segment_id", flat=True))
    BrazeSegment.objects.bulk_create(
        (BrazeSegment(brand=brand, segment_id=one, name=named[one]) for one in named.keys() - known),
        ignore_conflicts=True,
    )
    segments = list(BrazeSegment.objects.filter(brand=brand, segment_id__in=named))
    if not segments:
        return 0
    _read_tracking(brand, segments)
    return sum(read(segment) for segment in segments)


def read(segment: BrazeSegment) -> bool:
    """Reads one segment and its sizes; what went wrong is noted on it, and what is known stays."""
    try:
        with client_for(workspace_of(segment.brand)) as client:
            details, series = _asked(client, segment)
    except BrazeError as error:
        return _failed(segment, explained(error).sentence)
    except GroupsError as error:
        return _failed(segment, error.sentence)
    with transaction.atomic():
        BrazeSegment.objects.filter(pk=segment.pk).update(
            name=details.name[:255] or segment.name,
            description=details.description,
            filters=details.filters,
            read_at=timezone.now(),
            problem="",
        )
        SegmentSize.objects.bulk_create(
            (SegmentSize(segment=segment, day=one.date, size=max(0, one.size)) for one in series.days),
            update_conflicts=True,
            unique_fields=["segment", "day"],
            update_fields=["size"],
        )
    return True


def _asked(client: BrazeClient, segment: BrazeSegment) -> tuple[SegmentDetails, SegmentSeries]:
    details = client.send(calls.segment_details(segment.segment_id), attempts=1)
    days = _days_missing(segment, timezone.now().date())
    return details, client.send(calls.segment_data_series(segment.segment_id, length=days), attempts=1)


def _days_missing(segment: BrazeSegment, today: date) -> int:
    """Gives how many days Braze is asked for: those since the last one that is known, and a few before it."""
    last = segment.sizes.order_by("-day").values_list("day", flat=True).first()
    return MOST_DAYS if last is None else min(MOST_DAYS, max(0, (today - last).days) + ONCE_MORE)


def _failed(segment: BrazeSegment, sentence: str) -> bool:
    BrazeSegment.objects.filter(pk=segment.pk).update(problem=sentence[:300])
    return False


def _read_tracking(brand: Brand, segments: list[BrazeSegment]) -> None:
    """Notes which segments Braze counts; the list says so, and nothing else does."""
    try:
        tracked = {one.id: one.has_analytics for one in all_of(brand)}
    except GroupsError:
        return
    for segment in segments:
        if segment.is_tracked != tracked.get(segment.segment_id, segment.is_tracked):
            BrazeSegment.objects.filter(pk=segment.pk).update(is_tracked=tracked[segment.segment_id])
