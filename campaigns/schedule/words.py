"""The rules about time in words: days, hours, limits, and all that holds for a group on one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from babel import Locale
from babel.dates import format_interval, format_skeleton
from django.utils import timezone
from django.utils.formats import date_format, number_format, time_format
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from campaigns.models import Mailing
from campaigns.schedule.levels import ClashRule, GroupTimes, OwnLimit, QuietHours
from campaigns.schedule.queries import own_limits, times_of

BLACKOUTS_NAMED = 3


def days_in_words(first: date, last: date, *, today: date) -> str:
    """Gives a stretch of days, as the language says it; the year is named where it is not this one."""
    locale = Locale.parse(get_language() or "en", sep="-")
    skeleton = "MMMMd" if first.year == last.year == today.year else "yMMMMd"
    if first == last:
        return format_skeleton(skeleton, first, locale=locale)
    return format_interval(first, last, skeleton, locale=locale)


def moment_in_words(moment: datetime, times: GroupTimes) -> str:
    """Gives a moment by the group's clock: weekday, date and time."""
    local = moment.astimezone(times.zone)
    return _("%(weekday)s %(date)s, %(time)s") % {
        "weekday": date_format(local, "l"),
        "date": date_format(local, "DATE_FORMAT"),
        "time": date_format(local, "TIME_FORMAT"),
    }


def hour_in_words(at: time) -> str:
    """Gives a time of day."""
    return time_format(at, "TIME_FORMAT")


def quiet_in_words(quiet: QuietHours) -> str:
    """Gives quiet hours as a stretch."""
    if quiet.are_none:
        return _("none")
    return _("%(start)s to %(end)s") % {"start": hour_in_words(quiet.start), "end": hour_in_words(quiet.end)}


def clash_in_words(clash: ClashRule) -> str:
    """Gives when mailings clash."""
    return _("more than %(percent)s %% of the people have another mailing within %(hours)s") % {
        "percent": clash.percent,
        "hours": hours_in_words(clash.hours),
    }


def hours_in_words(number: int) -> str:
    """Gives a number of hours."""
    return ngettext("%(count)s hour", "%(count)s hours", number) % {"count": number_in_words(number)}


def number_in_words(number: int) -> str:
    """Gives a number as the language groups its digits."""
    return number_format(number, force_grouping=True)


def mailings_in_words(number: int) -> str:
    """Gives a number of mailings."""
    return ngettext("%(count)s mailing", "%(count)s mailings", number) % {"count": number_in_words(number)}


def people_in_words(number: int) -> str:
    """Gives a number of people."""
    return ngettext("%(count)s person", "%(count)s people", number) % {"count": number_in_words(number)}


def span_in_words(number: int) -> str:
    """Gives a number of days."""
    return ngettext("%(count)s day", "%(count)s days", number) % {"count": number_in_words(number)}


def limits_in_words(limits: Mapping[str, int]) -> list[str]:
    """Gives limits, by their names, as parts of a sentence."""
    return [said(limits[name]) for name, said in _LIMITS.items() if name in limits]


def rules_in_words(mailing: Mailing) -> str:
    """Gives what the author of a mailing should know when they choose its time."""
    times = times_of(mailing.group)
    return times_in_words(times, own_limits(times, mailing.author))


def times_in_words(times: GroupTimes, own: Mapping[str, OwnLimit]) -> str:
    """Gives what somebody who plans a mailing should know, on one line; empty where there are no rules.

    `own` are the person's limits; of theirs and the group's the stricter is named.
    """
    limits = {name: stated.value for name, stated in times.limits.items()}
    for name, limit in own.items():
        limits[name] = min(limit.value, limits.get(name, limit.value))
    parts = []
    if times.quiet is not None and not times.quiet.value.are_none:
        quiet = times.quiet.value
        parts.append(
            _("no mail between %(start)s and %(end)s")
            % {"start": hour_in_words(quiet.start), "end": hour_in_words(quiet.end)}
        )
    parts += limits_in_words(limits)
    today = times.day_of(timezone.now())
    parts += [
        _("not on %(days)s (%(reason)s)")
        % {"days": days_in_words(one.first_day, one.last_day, today=today), "reason": one.reason}
        for one in times.blackouts[:BLACKOUTS_NAMED]
    ]
    if (more := len(times.blackouts) - BLACKOUTS_NAMED) > 0:
        parts.append(
            ngettext("nor on %(count)s later stretch of days", "nor on %(count)s later stretches of days", more)
            % {"count": more}
        )
    return str(capfirst("; ".join(parts)))


_LIMITS: dict[str, Callable[[int], str]] = {
    "mailings_per_day": lambda number: _("at most %(limit)s a day") % {"limit": mailings_in_words(number)},
    "mailings_per_week": lambda number: _("at most %(limit)s a week") % {"limit": mailings_in_words(number)},
    "mailings_per_month": lambda number: _("at most %(limit)s a month") % {"limit": mailings_in_words(number)},
    "people_per_mailing": lambda number: _("at most %(limit)s a mailing") % {"limit": people_in_words(number)},
    "days_ahead": lambda number: _("planned at most %(limit)s ahead") % {"limit": span_in_words(number)},
}
