"""Braze's segments: names, descriptions, sizes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as the list names it; sizes are kept only where ``has_analytics`` (B-SEG-2)."""

    id: str
    name: str
    has_analytics: bool
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentPage:
    """One page of at most 100 segments; Braze gives no total, so a short page is the last one (B-SEG-1)."""

    items: tuple[Segment, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class SegmentDetails:
    """A segment's name, its own description, and its filters in words."""

    name: str
    description: str
    filters: str
    tags: tuple[str, ...] = ()
    created_at: str | None = None
    updated_at: str | None = None


@dataclass(frozen=True, slots=True)
class SegmentSize:
    """The estimated members of a segment on one day; not all of them can be mailed."""

    date: date
    size: int


@dataclass(frozen=True, slots=True)
class SegmentSeries:
    """A segment's size by day; empty where Braze keeps none."""

    days: tuple[SegmentSize, ...]
