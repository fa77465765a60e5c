"""What an address asks of the calendar: which days, of whom, in which states."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.dateparse import parse_date

from campaigns.calendar.entries import SHOWN, Span
from campaigns.mailings.finding import STATES
from campaigns.models import MailingState

MONTH, WEEK, DAY = "month", "week", "day"
# How many mailings of a day a view shows; the others are one click away.
MOST: Final[Mapping[str, int]] = {MONTH: 3, WEEK: 12, DAY: 200}
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A view of the days around `day`; `state` is a key of `STATES` or empty, with `is_own` only one group counts.

    What makes no sense in an address is passed over.
    """

    view: str
    day: date
    today: date
    state: str = ""
    is_own: bool = False

    @classmethod
    def of(cls, query: QueryDict, *, today: date) -> Self:
        """Reads an address; a day that does not exist is today."""
        view, state = query.get("view", ""), query.get("state", "")
        return cls(
            view=view if view in MOST else MONTH,
            day=_day(query.get("day", "")) or today,
            today=today,
            state=state if state in STATES else "",
            is_own=query.get("scope") == "own",
        )

    @property
    def states(self) -> tuple[MailingState, ...]:
        """The states that are shown; what was cancelled, failed or expired stands in no calendar."""
        return tuple(state for state in SHOWN if not self.state or state in STATES[self.state])

    @property
    def most(self) -> int:
        """How many mailings of a day are shown."""
        return MOST[self.view]

    def span(self, zone: ZoneInfo) -> Span:
        """Gives the days that are shown: of a month its whole weeks, which begin on Monday."""
        first, last = self.day, self.day
        if self.view == MONTH:
            first = self.day.replace(day=1)
            last = self.day.replace(day=monthrange(self.day.year, self.day.month)[1])
        if self.view != DAY:
            first -= timedelta(days=first.weekday())
            last += timedelta(days=6 - last.weekday())
        return Span(first, last, zone)

    def step(self, by: int) -> date:
        """Gives a day in the view before (-1) or after (1) this one."""
        if self.view == DAY:
            return self.day + timedelta(days=by)
        if self.view == WEEK:
            return self.day + timedelta(days=7 * by)
        middle = self.day.replace(day=15) + timedelta(days=30 * by)
        return middle.replace(day=1)

    def query(self, **other: str) -> str:
        """Gives the address that asks for the same, with other values for some names, without its `?`."""
        said = {
            "view": "" if self.view == MONTH else self.view,
            "day": "" if self.day == self.today else self.day.isoformat(),
            "state": self.state,
            "scope": "own" if self.is_own else "",
        }
        return urlencode({name: value for name, value in (said | other).items() if value})


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day is not None and EARLIEST < day < LATEST else None
