"""The days of a mailing's report: what Braze named of each, and of which days nothing can be known any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from campaigns.models import Delivery, ReportDay
from campaigns.reports.due import LAST_LOOK, forgotten_at
from campaigns.reports.storing import ended
from campaigns.reports.totals import add_day


class Standing(StrEnum):
    """How far a day is known.

    `WHOLE` was read after it was over, `SO_FAR` will be read again, `PART` was read before it was over and never
    again. Of a `QUIET` day Braze named no number, a `WAITING` one is still to be read, a `LOST` one never was.
    """

    WHOLE = "whole"
    SO_FAR = "so_far"
    PART = "part"
    QUIET = "quiet"
    WAITING = "waiting"
    LOST = "lost"


LACKING = frozenset({Standing.PART, Standing.LOST})


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day with what Braze named of it, nothing else; `read_at` is None where it was not read or named."""

    day: date
    metrics: Mapping[str, int]
    read_at: datetime | None
    standing: Standing

    @property
    def is_lacking(self) -> bool:
        """Whether something of the day is lost for good."""
        return self.standing in LACKING


@dataclass(frozen=True, slots=True)
class Reading:
    """When the numbers of a mailing were read last and are read next, over all its deliveries.

    `forgotten_at` is when Braze forgets the last of them, `problem` why it could not be read last time.
    """

    began_at: datetime | None
    read_at: datetime | None
    next_at: datetime | None
    forgotten_at: datetime | None
    problem: str = ""

    def is_over(self, now: datetime) -> bool:
        """Tells whether Braze has nothing more to say."""
        if self.forgotten_at is None:
            return False
        return now >= self.forgotten_at or (self.next_at is None and self.read_at is not None)


def reading_of(deliveries: Sequence[Delivery]) -> Reading:
    """Gives when the deliveries that went out under a send ID were and are read."""
    gone = [one for one in deliveries if one.go_at is not None and one.send_id]
    if not gone:
        return Reading(None, None, None, None)
    return Reading(
        began_at=min(one.go_at for one in gone if one.go_at is not None),
        read_at=max((one.report_read_at for one in gone if one.report_read_at), default=None),
        next_at=min((one.report_next_at for one in gone if one.report_next_at), default=None),
        forgotten_at=max(forgotten_at(one.go_at, one.ends_at) for one in gone if one.go_at is not None),
        problem=next((one.get_report_problem_display() for one in gone if one.report_problem), ""),
    )


def day_lines(deliveries: Sequence[Delivery], reading: Reading, now: datetime) -> list[DayLine]:
    """Gives every day from the first to the last that Braze can tell of, or to today, oldest first."""
    rows = ReportDay.objects.filter(delivery__in=deliveries).values_list("day", "metrics", "read_at")
    total, read_at = _by_day(rows)
    if reading.began_at is None or reading.forgotten_at is None or now < reading.began_at:
        return []
    first = min([_utc_day(reading.began_at), *total])
    last = max([_utc_day(min(now, reading.forgotten_at - LAST_LOOK)), *total])
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [
        DayLine(day, total.get(day, {}), read_at.get(day), _standing(day, read_at.get(day), reading, now))
        for day in days
    ]


def _by_day(
    rows: Iterable[tuple[date, Mapping[str, int], datetime]],
) -> tuple[dict[date, Counter[str]], dict[date, datetime]]:
    total: dict[date, Counter[str]] = defaultdict(Counter)
    oldest: dict[date, datetime] = {}
    for day, metrics, read_at in rows:
        add_day(total[day], metrics)
        oldest[day] = min(read_at, oldest.get(day, read_at))
    return total, oldest


def _standing(day: date, read_at: datetime | None, reading: Reading, now: datetime) -> Standing:
    if read_at is not None and read_at >= ended(day):
        return Standing.WHOLE
    is_over = reading.is_over(now)
    if reading.read_at is None or day > _utc_day(reading.read_at):
        return Standing.LOST if is_over else Standing.WAITING
    if is_over and _was_missed(day, reading.read_at, reading):
        return Standing.PART
    return Standing.QUIET if read_at is None else Standing.SO_FAR


def _was_missed(day: date, read_at: datetime, reading: Reading) -> bool:
    """Tells whether a day was cut short by an outage, and not by Braze, which forgets in the middle of one."""
    return read_at < ended(day) and reading.forgotten_at is not None and ended(day) <= reading.forgotten_at - LAST_LOOK


def _utc_day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
