"""What we read back from Braze: frozen values that keep what they do not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Json = Mapping[str, object]
ProbeOutcome = Literal["granted", "missing", "key refused"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer that was judged readable: its status, its JSON object, and Braze's request ID."""

    status: int
    body: Json
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Braze took a message call; that is not yet a delivery (B-ENV-3).

    ``schedule_id`` is the only handle for a later update or delete (B-SCH-2). ``remarks`` are the non-fatal errors of
    a 2xx (B-ENV-1) as sentences.
    """

    dispatch_id: str | None
    schedule_id: str | None = None
    send_id: str | None = None
    remarks: tuple[str, ...] = ()
    unknown: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """Braze took a call that has nothing to say back; ``remarks`` as in :class:`Accepted`."""

    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedObject:
    """One object of a users.track call that had no effect (B-TRK-15); ``index`` counts in its own array (B-TRK-13)."""

    index: int
    input_array: str
    reason: str


@dataclass(frozen=True, slots=True)
class TrackReply:
    """What became of a users.track call of ``sent`` attribute objects.

    ``processed`` is Braze's count, None when it gave none. ``unplaced`` are errors that name no object: then every
    object that is not in ``refused`` is unknown, neither stored nor failed (B-TRK-16).
    """

    sent: int
    processed: int | None
    refused: tuple[RefusedObject, ...] = ()
    unplaced: tuple[str, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Return whether processed and refused make up what was sent; if not, warn only (B-TRK-14)."""
        return self.processed is not None and self.processed + len(self.refused) == self.sent

    @property
    def refused_indexes(self) -> frozenset[int]:
        """Return the places, from 0, of the attribute objects that had no effect."""
        return frozenset(item.index for item in self.refused)


@dataclass(frozen=True, slots=True)
class ExportReply:
    """Profiles by id or address; an absent key of a profile means empty (B-EXP-5), unknown ids are listed (B-EXP-4)."""

    users: tuple[Json, ...]
    invalid_user_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SendId:
    """A send ID that may now be used with its campaign."""

    send_id: str


@dataclass(frozen=True, slots=True)
class VariationDay:
    """The email metrics of one message variation on one day; ``variation_id`` is None where Braze names none.

    ``metrics`` holds every known name, 0 where Braze gave none (B-SND-6); ``unknown`` keeps the rest.
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
    unique_recipients: int = 0
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

    segments: tuple[Segment, ...]
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


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """A campaign's name, states, and the channel of each of its message variations by variation ID (section 11)."""

    name: str
    is_archived: bool
    is_draft: bool
    is_enabled: bool
    variations: Mapping[str, str]
    unknown: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProbeReply:
    """What the key may do: ``granted``, ``missing`` (403), or ``key refused`` (401: key or instance)."""

    permission: str
    outcome: ProbeOutcome
