"""The rules about time as they hold for one group, each with the level of the tree that states it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from campaigns.models import Blackout
from groups.models import BrandRole, Group

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A stretch of every day without mail, from `start` until just before `end`, by the clock of a group's zone.

    It spans midnight where it ends earlier than it begins; equal times are no stretch at all.
    """

    start: time
    end: time

    def hold(self, at: time) -> bool:
        """Tells whether a time of day lies in them."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    @property
    def are_none(self) -> bool:
        """Whether they say that no hour is quiet, whatever the level above says."""
        return self.start == self.end


NO_QUIET_HOURS = QuietHours(time.min, time.min)


@dataclass(frozen=True, slots=True)
class ClashRule:
    """A mailing clashes where more than `percent` of its people have another mailing within `hours` of it (M19)."""

    percent: int
    hours: int


# Where no level says anything; more than 100 % of the people is never.
USUAL_CLASH = ClashRule(percent=25, hours=24)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one level says of numbers, each None where it says nothing; the names are those of `LIMIT_NAMES`."""

    days_ahead: int | None = None
    mailings_per_day: int | None = None
    mailings_per_week: int | None = None
    mailings_per_month: int | None = None
    people_per_mailing: int | None = None


@dataclass(frozen=True, slots=True)
class Stated(Generic[T]):
    """A rule and the group that states it."""

    value: T
    group: Group


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """A limit that holds for one person, by the most generous of their roles."""

    value: int
    role: BrandRole


@dataclass(frozen=True, slots=True)
class Taken:
    """The days that a group's other mailings have taken, each as often as it was; those of one author apart, too."""

    by_group: tuple[date, ...] = ()
    by_author: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupTimes:
    """What holds for a group: nearest quiet hours and rule of clashes, strictest limits by name, all blackout dates.

    `role_limits` are the strictest ones of each role, by its key; blackout dates that are over are left out.
    """

    group: Group
    quiet: Stated[QuietHours] | None
    limits: Mapping[str, Stated[int]]
    role_limits: Mapping[str, Mapping[str, Stated[int]]]
    blackouts: tuple[Blackout, ...]
    stated_clash: Stated[ClashRule] | None = None

    @property
    def clash(self) -> ClashRule:
        """When mailings clash here."""
        return USUAL_CLASH if self.stated_clash is None else self.stated_clash.value

    @property
    def zone(self) -> ZoneInfo:
        """The group's zone, by whose clock and calendar everything is judged."""
        return ZoneInfo(self.group.time_zone)

    def day_of(self, moment: datetime) -> date:
        """Gives the day that a moment lies in."""
        return moment.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Gives the moment at which a day begins, in UTC."""
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)

    def is_quiet(self, moment: datetime) -> bool:
        """Tells whether a moment lies in the quiet hours."""
        return self.quiet is not None and self.quiet.value.hold(moment.astimezone(self.zone).time())

    def blackout_on(self, day: date) -> Blackout | None:
        """Gives the blackout dates that a day belongs to: those that last longest, where there are several."""
        covering = [one for one in self.blackouts if one.first_day <= day <= one.last_day]
        return max(covering, key=lambda one: one.last_day, default=None)
