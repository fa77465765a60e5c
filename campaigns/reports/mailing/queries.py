"""Reading the report of a mailing: how far it is known, the way from planned to clicked, and the days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.utils import timezone

from campaigns.calendar.entries import NEVER_WENT
from campaigns.delivery.queries import Progress, progress
from campaigns.models import BatchState, Delivery, Mailing, Route
from campaigns.reports.figures import Figure, figures_of
from campaigns.reports.mailing.days import DayLine, Reading, day_lines, reading_of
from campaigns.reports.queries import numbers_of
from campaigns.reports.sharing import Sharing, sharing_of
from campaigns.reports.totals import BRAZE_NAMES, add_day

FIRST_HOUR: Final = timedelta(hours=1)
LATE: Final = timedelta(minutes=30)
KNOWN: Final = frozenset({*BRAZE_NAMES.values(), "opens", "clicks", "unique_recipients"})


class Stage(StrEnum):
    """How far the numbers of a mailing are known."""

    NOT_SENT = "not_sent"
    NO_SEND_ID = "no_send_id"
    NO_DATA = "no_data"
    FIRST_HOUR = "first_hour"
    FULL = "full"
    GAP = "gap"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Steps:
    """People on their way from planned to clicked; None is not known, which is not zero.

    `opened` and `clicked` are the people of the strongest day: the least that it can have been.
    """

    planned: int | None
    handed_over: int | None
    delivered: int | None
    opened: int | None
    clicked: int | None


@dataclass(frozen=True, slots=True)
class HandOver:
    """A delivery of the mailing, and what became of its people."""

    delivery: Delivery
    statement: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of a mailing; `others` are numbers that Braze named and the portal has no word for.

    With `is_late` the next reading is overdue. `lacking` are the days of which something is lost for good.
    """

    stage: Stage
    reading: Reading
    steps: Steps
    days: Sequence[DayLine]
    lacking: Sequence[DayLine]
    others: Sequence[tuple[str, int]]
    figures: Sequence[Figure]
    sharing: Sharing | None
    hand_overs: Sequence[HandOver]
    has_no_variation: bool
    is_late: bool

    @property
    def is_over(self) -> bool:
        """Whether Braze has nothing more to say."""
        return self.stage in (Stage.GAP, Stage.CLOSED)


def report_of(mailing: Mailing, now: datetime | None = None) -> Report:
    """Reads the report of a mailing as it stands."""
    now = now or timezone.now()
    deliveries = live_deliveries(mailing)
    handed_over = [(one, progress(one)) for one in deliveries]
    gone = [one for one in deliveries if one.go_at is not None and one.go_at <= now]
    reading = reading_of(gone)
    days = day_lines(gone, reading, now)
    numbers = numbers_of(mailing)
    total = total_of(days)
    is_over = reading.is_over(now)
    return Report(
        stage=_stage(gone, reading, days, now),
        reading=reading,
        steps=_steps(handed_over, total),
        days=days,
        lacking=[line for line in days if line.is_lacking],
        others=sorted((name, number) for name, number in total.items() if name not in KNOWN),
        figures=() if numbers is None else figures_of(numbers),
        sharing=sharing_of(mailing),
        hand_overs=[HandOver(one, stands.statement) for one, stands in handed_over],
        has_no_variation=any(one.route == Route.TRIGGER for one in gone),
        is_late=not is_over and reading.next_at is not None and reading.next_at < now - LATE,
    )


def live_deliveries(mailing: Mailing) -> list[Delivery]:
    """Gives the deliveries of a mailing that were not taken back, oldest first."""
    found = mailing.deliveries.exclude(state__in=NEVER_WENT).select_related("mailing__group__brand", "workspace")
    return list(found.order_by("created_at"))


def total_of(days: Sequence[DayLine]) -> Counter[str]:
    """Adds days up; of unique people the strongest day stands for all."""
    total: Counter[str] = Counter()
    for line in days:
        add_day(total, line.metrics)
    return total


def _stage(gone: Sequence[Delivery], reading: Reading, days: Sequence[DayLine], now: datetime) -> Stage:
    if not gone:
        return Stage.NOT_SENT
    if reading.began_at is None:
        return Stage.NO_SEND_ID
    if reading.is_over(now):
        return Stage.GAP if any(line.is_lacking for line in days) else Stage.CLOSED
    if not any(line.metrics for line in days):
        return Stage.NO_DATA
    return Stage.FIRST_HOUR if now - reading.began_at < FIRST_HOUR else Stage.FULL


def _steps(states: Sequence[tuple[Delivery, Progress]], total: Counter[str]) -> Steps:
    """Those of a delivery to the rest were planned with the first one already."""
    knows_people = bool(states) and all(now.planned is not None for _one, now in states)
    planned = sum(now.planned or 0 for one, now in states if one.follows_id is None)
    handed_over = sum(now.people_by_state.get(BatchState.ACCEPTED.value, 0) for _one, now in states)
    return Steps(
        planned=planned if knows_people else None,
        handed_over=handed_over if knows_people else None,
        delivered=total.get("delivered"),
        opened=total.get("unique_opens"),
        clicked=total.get("unique_clicks"),
    )
