"""Readers of segments."""

from __future__ import annotations

from braze_client.parsing.values import count_or_none, day_or_none, items, objects, text, text_or_none
from braze_client.replies import Answer, Segment, SegmentDetails, SegmentPage, SegmentSeries, SegmentSize

SEGMENTS_PER_PAGE = 100


def segment_page(answer: Answer) -> SegmentPage:
    """Read one page of segments/list."""
    entries = list(items(answer.body.get("segments")))
    return SegmentPage(
        items=tuple(
            Segment(
                id=text(entry.get("id")),
                name=text(entry.get("name")),
                has_analytics=entry.get("analytics_tracking_enabled") is True,
                tags=tuple(text(tag) for tag in items(entry.get("tags"))),
            )
            for entry in objects(entries)
        ),
        is_last=len(entries) < SEGMENTS_PER_PAGE,
    )


def segment_details(answer: Answer) -> SegmentDetails:
    """Read segments/details; Braze's ``description`` is the filters and ``text_description`` the words of a person."""
    body = answer.body
    return SegmentDetails(
        name=text(body.get("name")),
        description=text(body.get("text_description")),
        filters=text(body.get("description")),
        tags=tuple(text(tag) for tag in items(body.get("tags"))),
        created_at=text_or_none(body.get("created_at")),
        updated_at=text_or_none(body.get("updated_at")),
    )


def segment_series(answer: Answer) -> SegmentSeries:
    """Read segments/data_series; a day without a readable size is left out, since 0 would say that nobody is in it."""
    sizes = (
        (day_or_none(entry.get("time")), count_or_none(entry.get("size"))) for entry in objects(answer.body.get("data"))
    )
    return SegmentSeries(tuple(SegmentSize(day, size) for day, size in sizes if day is not None and size is not None))
