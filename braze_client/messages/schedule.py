"""When Braze sends, and how Braze writes a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from braze_client.limits import demand

LEAST_LEAD = timedelta(seconds=10)
LEAST_LOCAL_LEAD = timedelta(hours=24)
EARLIEST_ZONE = timezone(timedelta(hours=14))


@dataclass(frozen=True, slots=True)
class Schedule:
    """When Braze sends: an aware time; or a wall-clock time in every recipient's zone; or a day (contract, 7.1).

    Without a flag ``time`` is aware. With ``in_local_time`` it is that wall-clock time in each recipient's own zone,
    with ``at_optimal_time`` only its day counts and Braze chooses the hour; with either flag it carries no zone. Raises
    :class:`ContractViolation`.
    """

    time: datetime
    in_local_time: bool = False
    at_optimal_time: bool = False

    def __post_init__(self) -> None:
        demand("7.1", not (self.in_local_time and self.at_optimal_time), "a time is either local or optimal")
        if self.is_wall_clock:
            demand("7.1", self.time.tzinfo is None, "a local or optimal time carries no zone")
        else:
            demand("7.1", self.time.utcoffset() is not None, "the time has no zone")

    @property
    def is_wall_clock(self) -> bool:
        """Return whether the time holds in each recipient's zone."""
        return self.in_local_time or self.at_optimal_time

    @property
    def first_instant(self) -> datetime:
        """Return when the first mail can leave: for a wall-clock time that is in the zone furthest east, UTC+14."""
        if self.at_optimal_time:
            return self.time.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=EARLIEST_ZONE)
        return self.time.replace(tzinfo=EARLIEST_ZONE) if self.in_local_time else self.time

    def check_lead(self, now: datetime) -> None:
        """Refuse a time nearer than 10 s (B-SCH-1), or than 24 h by the wall clock (contract, section 18, row 7)."""
        lead = self.first_instant - now
        if self.is_wall_clock:
            demand("18.7", lead > LEAST_LOCAL_LEAD, "a time in each recipient's zone needs more than 24 hours")
        demand("B-SCH-1", lead >= LEAST_LEAD, "the time is nearer than 10 seconds, or past")

    def as_json(self) -> dict[str, object]:
        """Return the schedule object: UTC with ``Z``, or a bare wall-clock time with its flag."""
        if not self.is_wall_clock:
            return {"time": utc_text(self.time)}
        flag = "in_local_time" if self.in_local_time else "at_optimal_time"
        return {"time": self.time.isoformat(timespec="seconds"), flag: True}


def utc_text(moment: datetime) -> str:
    """Return an aware time as Braze takes it: ISO 8601 in UTC, whole seconds, with ``Z``."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
