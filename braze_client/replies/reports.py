"""Numbers of sends by day and variation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from braze_client.replies.answer import Json


@dataclass(frozen=True, slots=True)
class SendId:
    """A send ID that may now be used with its campaign."""

    send_id: str


@dataclass(frozen=True, slots=True)
class VariationDay:
    """The email metrics of one message variation on one day; ``variation_id`` is None where Braze names none.

    ``metrics`` holds the known names that Braze gave: what it left out is not known, which is not 0 (B-SND-6).
    ``unknown`` keeps the rest.
    """

    variation_id: str | None
    variation_name: str | None
    metrics: Mapping[str, int]
    unknown: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a data series. Unique counts of several days do not add up to unique people."""

    date: date
    variations: tuple[VariationDay, ...]
    unique_recipients: int | None = None
    unknown: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DataSeries:
    """The days that Braze reported, as it ordered them; empty means no data, which is not the same as 0."""

    days: tuple[Day, ...]

    def total(self, metric: str, variation_id: str | None = None) -> int:
        """Return the sum of ``metric`` over the days, for one variation if named."""
        return sum(
            variation.metrics.get(metric, 0)
            for day in self.days
            for variation in day.variations
            if variation_id is None or variation.variation_id == variation_id
        )
