"""What the portal knows of the segments that groups have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from groups.audiences.segments.chart import Size
from groups.models import Audience, Brand, BrazeSegment, SegmentSize

SHOWN_DAYS: Final = 366


def segment_of(audience: Audience) -> BrazeSegment | None:
    """Gives what is known of the segment of an audience."""
    return BrazeSegment.objects.filter(brand=audience.group.brand_id, segment_id=audience.segment_id).first()


def sizes_of(segment: BrazeSegment) -> list[Size]:
    """Gives the sizes of the last year, oldest first."""
    since = timezone.now().date() - timedelta(days=SHOWN_DAYS)
    return list(segment.sizes.filter(day__gt=since).order_by("day").values_list("day", "size"))


def newest_sizes(brand: Brand, segment_ids: Sequence[str]) -> Mapping[str, int]:
    """Gives the newest known size of segments by their ID; where there is none, the segment is missing."""
    newest = SegmentSize.objects.filter(segment=OuterRef("pk")).order_by("-day").values("size")[:1]
    segments = BrazeSegment.objects.filter(brand=brand, segment_id__in=segment_ids)
    found = segments.annotate(newest=Subquery(newest)).values_list("segment_id", "newest")
    return {segment_id: size for segment_id, size in found if size is not None}
