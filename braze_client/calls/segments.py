"""Calls for segments: list, details, sizes (contract, section 8)."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from braze_client import limits, parsing
from braze_client.calls.call import Call, reading_call
from braze_client.calls.reports import series_query
from braze_client.limits import demand
from braze_client.paging import Paged
from braze_client.replies import Segment, SegmentDetails, SegmentPage, SegmentSeries

SortDirection = Literal["asc", "desc"]


def segments_list(page: int = 0, sort_direction: SortDirection = "asc") -> Call[SegmentPage]:
    """Read a page, from 0, of at most 100 segments, oldest first; go on until ``is_last`` (B-SEG-1)."""
    demand("B-SEG-1", page >= 0, "pages count from 0")
    query = {"page": str(page)}
    if sort_direction == "desc":
        query["sort_direction"] = sort_direction
    return reading_call("/segments/list", "segments.list", query, parsing.segment_page)


def every_segment(sort_direction: SortDirection = "asc") -> Paged[Segment]:
    """Read all segments page by page, for the clients' ``items`` (B-SEG-1)."""
    return Paged(lambda page: segments_list(page, sort_direction))


def segment_details(segment_id: str) -> Call[SegmentDetails]:
    """Read a segment's name and description; not its size (contract, section 8)."""
    query = {"segment_id": limits.identifier(segment_id, "the segment ID")}
    return reading_call("/segments/details", "segments.details", query, parsing.segment_details)


def segment_data_series(segment_id: str, *, length: int, ending_at: datetime | None = None) -> Call[SegmentSeries]:
    """Read a segment's estimated size by day for ``length`` days, 1 to 100 (B-SEG-2)."""
    query = series_query({"segment_id": limits.identifier(segment_id, "the segment ID")}, length, ending_at)
    return reading_call("/segments/data_series", "segments.data_series", query, parsing.segment_series)
