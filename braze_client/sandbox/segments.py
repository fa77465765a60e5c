"""/segments: list, details and sizes (contract section 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from braze_client.sandbox.audiences import Segment
from braze_client.sandbox.endpoint import Call, Endpoint
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.reading import Body, days_back, optional_text, series_end
from braze_client.sandbox.state import State

PAGE_SIZE = 100


def page_of(query: Body) -> int:
    """Returns `page`, 0 where it is absent."""
    page = optional_text(query, "page") or "0"
    if not page.isdigit():
        raise Refusal("page must be an integer")
    return int(page)


def list_segments(state: State, call: Call) -> dict[str, object]:
    """Returns up to 100 segments, oldest first unless asked otherwise (B-SEG-1)."""
    segments = list(state.segments.values())
    if optional_text(call.query, "sort_direction") == "desc":
        segments.reverse()
    start = page_of(call.query) * PAGE_SIZE
    return {
        "segments": [
            {
                "id": segment.segment_id,
                "name": segment.name,
                "analytics_tracking_enabled": segment.has_analytics,
                "tags": [],
            }
            for segment in segments[start : start + PAGE_SIZE]
        ]
    }


def details(state: State, call: Call) -> dict[str, object]:
    """Returns names and filters of one segment; never its size."""
    segment = _segment(state, call)
    return {
        "created_at": segment.created_at,
        "updated_at": segment.created_at,
        "name": segment.name,
        "description": segment.filters,
        "text_description": segment.text_description,
        "tags": [],
        "teams": [],
    }


def data_series(state: State, call: Call) -> dict[str, object]:
    """Returns the size for each day, counted over the people known by that day's end; none without tracking."""
    segment = _segment(state, call)
    length, last = days_back(call.query), series_end(call.query, call.now)
    if not segment.has_analytics:
        return {"data": []}
    joined = sorted(one.created_at for one in state.profiles if segment.is_member(one, call.now))
    data: list[dict[str, object]] = []
    for back in range(length - 1, -1, -1):
        day = (last - timedelta(days=back)).date()
        end = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() + 86_400
        data.append({"time": day.isoformat(), "size": sum(moment < end for moment in joined)})
    return {"data": data}


def _segment(state: State, call: Call) -> Segment:
    segment = state.segments.get(optional_text(call.query, "segment_id") or "")
    if segment is None:
        # The wording is by analogy with canvas_id (unverified).
        raise Refusal("segment_id must be a string of the segment api identifier")
    return segment


ENDPOINTS = (
    Endpoint("GET", "/segments/list", "segments.list", list_segments),
    Endpoint("GET", "/segments/details", "segments.details", details),
    Endpoint("GET", "/segments/data_series", "segments.data_series", data_series),
)
