"""When a mailing is to go out, what of the rules it must keep then, and the next moment that keeps them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from campaigns.models import Mailing
from campaigns.schedule.levels import GroupTimes, OwnLimit, Taken
from campaigns.schedule.queries import days_taken, own_limits, times_of
from groups.models import BrandRole

MINUTE = timedelta(minutes=1)
DAYS_SEARCHED = 366


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar in which mailings are counted; `limit` is the name of the limit on it."""

    limit: str
    key: Callable[[date], tuple[int, ...]]

    def count(self, days: tuple[date, ...], day: date) -> int:
        """Counts the days that lie in the same stretch as one day."""
        wanted = self.key(day)
        return sum(1 for one in days if self.key(one) == wanted)


DAY = Period("mailings_per_day", lambda day: (day.toordinal(),))
WEEK = Period("mailings_per_week", lambda day: day.isocalendar()[:2])
MONTH = Period("mailings_per_month", lambda day: (day.year, day.month))
PERIODS = (DAY, WEEK, MONTH)


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit that a wish must keep, with the days that count for it; without a role it is the group's."""

    value: int
    taken: tuple[date, ...]
    role: BrandRole | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A mailing at the moment at which it is to go out; `own` are the limits of its author."""

    mailing: Mailing
    go_at: datetime
    today: date
    times: GroupTimes
    own: Mapping[str, OwnLimit]
    taken: Taken

    @property
    def day(self) -> date:
        """The day on which it would go out."""
        return self.times.day_of(self.go_at)

    def bounds(self, name: str) -> Iterator[Bound]:
        """Yields the limits of a name: the group's, then the author's."""
        if (stated := self.times.limits.get(name)) is not None:
            yield Bound(stated.value, self.taken.by_group)
        if (limit := self.own.get(name)) is not None:
            yield Bound(limit.value, self.taken.by_author, limit.role)

    def full(self, period: Period, day: date) -> Iterator[Bound]:
        """Yields the limits by which the stretch of a day has no room for one more mailing."""
        for bound in self.bounds(period.limit):
            if period.count(bound.taken, day) >= bound.value:
                yield bound

    def is_closed(self, day: date) -> bool:
        """Tells whether nothing, or nothing more, goes out on a day."""
        return self.times.blackout_on(day) is not None or any(any(self.full(period, day)) for period in PERIODS)


def expected_at(mailing: Mailing) -> datetime:
    """Gives when a mailing goes out that is let go at this moment; "now" is this moment and the lead."""
    return mailing.send_at or timezone.now() + timedelta(seconds=settings.SEND_LEAD_SECONDS)


def wish_of(mailing: Mailing, go_at: datetime) -> Wish:
    """Reads what the rules of a mailing's group and of its author ask of it at a moment.

    The limits of a role are those of the author, whoever lets the mailing go.
    """
    times = times_of(mailing.group)
    own = own_limits(times, mailing.author)
    taken = Taken()
    if any(period.limit in limits for limits in (times.limits, own) for period in PERIODS):
        day = times.day_of(go_at)
        since = min(day.replace(day=1), day - timedelta(days=day.weekday()))
        taken = days_taken(times, since=since, mailing=mailing)
    return Wish(mailing, go_at, times.day_of(timezone.now()), times, own, taken)


def next_moment(wish: Wish) -> datetime | None:
    """Gives the first whole minute from the wish on at which the mailing could go out; None where there is none near.

    Days are passed over whole; quiet hours are walked through by the minute, which is right in every zone and where
    clocks change, too. It looks a year ahead, but no farther than the mailing may be planned or go out.
    """
    last = min(wish.day.toordinal() + DAYS_SEARCHED, date.max.toordinal() - 2)
    for bound in wish.bounds("days_ahead"):
        last = min(last, wish.today.toordinal() + bound.value)
    if wish.mailing.last_day is not None:
        last = min(last, wish.mailing.last_day.toordinal())
    moment = wish.go_at.replace(second=0, microsecond=0)
    if moment < wish.go_at:
        moment += MINUTE
    open_day: date | None = None
    while (day := wish.times.day_of(moment)).toordinal() <= last:
        if day != open_day and wish.is_closed(day):
            moment = wish.times.start_of(day + timedelta(days=1))
            continue
        open_day = day
        if not wish.times.is_quiet(moment):
            return moment
        moment += MINUTE
    return None
