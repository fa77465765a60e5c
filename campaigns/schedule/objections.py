"""What the rules about time say against a mailing: one small function a rule, and a new one is added to `RULES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from campaigns.schedule.wishes import DAY, MONTH, WEEK, Bound, Period, Wish, next_moment
from campaigns.schedule.words import (
    days_in_words,
    hour_in_words,
    mailings_in_words,
    moment_in_words,
    people_in_words,
    span_in_words,
)


@dataclass(frozen=True, slots=True)
class Objection:
    """What a rule says against a mailing: a sentence (`message` with `params`).

    `code` begins with `time_` where another time would do, and with `audience_` where fewer people would. What
    `is_final` nobody overrules.
    """

    code: str
    message: str
    params: Mapping[str, str]
    is_final: bool = False

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language."""
        return (gettext(self.message) % self.params).strip()


def objections_to(wish: Wish) -> tuple[Objection, ...]:
    """Gives everything that the rules say against the moment of a wish."""
    return tuple(objection for rule in RULES for objection in rule(wish))


def forbidden(wish: Wish) -> tuple[Objection, ...]:
    """Gives what speaks against the moment itself, whatever was agreed: last day, blackout dates, quiet hours."""
    return tuple(objection for rule in (_after_last_day, _blackout, _quiet_hours) for objection in rule(wish))


def objections_to_people(wish: Wish, reached: int | None) -> Iterator[Objection]:
    """Yields what speaks against mailing so many people at once (M23).

    None stands for a Braze segment: nobody has counted its people, so that no limit on them is kept for sure.
    """
    for bound in wish.bounds("people_per_mailing"):
        params = _params(wish, bound) | {"limit": people_in_words(bound.value)}
        if reached is None:
            yield Objection("audience_uncounted", _OF_ROLE_UNCOUNTED if bound.role else _UNCOUNTED, params)
        elif reached > bound.value:
            params["reached"] = people_in_words(reached)
            yield Objection("audience_too_large", _OF_ROLE_TOO_LARGE if bound.role else _TOO_LARGE, params)


def _after_last_day(wish: Wish) -> Iterator[Objection]:
    """The day after which its own author wants nothing of it to go out, as for an offer that ends (M17)."""
    last = wish.mailing.last_day
    if last is not None and wish.day > last:
        yield Objection("time_after_last_day", _AFTER_LAST_DAY, {"day": date_format(last)}, is_final=True)


def _blackout(wish: Wish) -> Iterator[Objection]:
    """Days on which nothing goes out."""
    if (found := wish.times.blackout_on(wish.day)) is not None:
        days = days_in_words(found.first_day, found.last_day, today=wish.today)
        params = {"days": days, "reason": found.reason, "next": _next(wish)}
        yield Objection("time_blackout", _("No mail goes out on %(days)s (%(reason)s). %(next)s"), params)


def _quiet_hours(wish: Wish) -> Iterator[Objection]:
    """Hours of the day in which nothing goes out."""
    if (stated := wish.times.quiet) is not None and wish.times.is_quiet(wish.go_at):
        start, end = hour_in_words(stated.value.start), hour_in_words(stated.value.end)
        params = {"start": start, "end": end, "next": _next(wish)}
        yield Objection("time_quiet", _("Between %(start)s and %(end)s no mail goes out. %(next)s"), params)


def _too_far(wish: Wish) -> Iterator[Objection]:
    """How far ahead mailings are planned, counted in days from today."""
    for bound in wish.bounds("days_ahead"):
        last = wish.today + timedelta(days=bound.value)
        if wish.day > last:
            params = _params(wish, bound) | {"limit": span_in_words(bound.value), "day": date_format(last)}
            yield Objection("time_too_far", _OF_ROLE_TOO_FAR if bound.role else _TOO_FAR, params)


def _day_full(wish: Wish) -> Iterator[Objection]:
    """How many mailings go out a day."""
    return _too_often(wish, DAY, "time_day_full", _DAY_FULL, _OF_ROLE_DAY_FULL)


def _week_full(wish: Wish) -> Iterator[Objection]:
    """How many mailings go out a week, from Monday to Sunday."""
    return _too_often(wish, WEEK, "time_week_full", _WEEK_FULL, _OF_ROLE_WEEK_FULL)


def _month_full(wish: Wish) -> Iterator[Objection]:
    """How many mailings go out in a month of the calendar."""
    return _too_often(wish, MONTH, "time_month_full", _MONTH_FULL, _OF_ROLE_MONTH_FULL)


RULES: tuple[Callable[[Wish], Iterator[Objection]], ...] = (
    _after_last_day,
    _blackout,
    _quiet_hours,
    _too_far,
    _day_full,
    _week_full,
    _month_full,
)


def _too_often(wish: Wish, period: Period, code: str, message: str, of_role: str) -> Iterator[Objection]:
    for bound in wish.full(period, wish.day):
        params = _params(wish, bound) | {"limit": mailings_in_words(bound.value), "next": _next(wish)}
        yield Objection(code, of_role if bound.role else message, params)


def _params(wish: Wish, bound: Bound) -> dict[str, str]:
    return {
        "group": wish.times.group.name,
        "role": bound.role.label if bound.role else "",
        "author": wish.mailing.author.name,
    }


def _next(wish: Wish) -> str:
    """Gives the sentence with the next possible time; empty where there is none to offer."""
    found = next_moment(wish)
    if found is None:
        return ""
    sentence = gettext("The next possible time is %(moment)s.") % {"moment": moment_in_words(found, wish.times)}
    return sentence.replace("..", ".")  # an English time of day has a full stop of its own


_AFTER_LAST_DAY = _("This email must not go out after %(day)s. Choose an earlier time, or another last day.")
_TOO_FAR = _("%(group)s plans its mailings at most %(limit)s ahead, until %(day)s. Choose an earlier day.")
_OF_ROLE_TOO_FAR = _(
    "In the role “%(role)s” mailings are planned at most %(limit)s ahead, until %(day)s. Choose an earlier day."
)
_DAY_FULL = _("%(group)s sends at most %(limit)s a day, and this day has no room left. %(next)s")
_OF_ROLE_DAY_FULL = _("In the role “%(role)s” %(author)s sends at most %(limit)s a day. %(next)s")
_WEEK_FULL = _("%(group)s sends at most %(limit)s a week, and this week has no room left. %(next)s")
_OF_ROLE_WEEK_FULL = _("In the role “%(role)s” %(author)s sends at most %(limit)s a week. %(next)s")
_MONTH_FULL = _("%(group)s sends at most %(limit)s a month, and this month has no room left. %(next)s")
_OF_ROLE_MONTH_FULL = _("In the role “%(role)s” %(author)s sends at most %(limit)s a month. %(next)s")
_TOO_LARGE = _("This goes to %(reached)s; %(group)s mails at most %(limit)s at once. Choose a smaller audience.")
_OF_ROLE_TOO_LARGE = _(
    "This goes to %(reached)s; in the role “%(role)s” %(author)s mails at most %(limit)s at once. Choose a smaller "
    "audience."
)
_UNCOUNTED = _(
    "%(group)s mails at most %(limit)s at once, and nobody has counted the people of a Braze segment. Choose a list."
)
_OF_ROLE_UNCOUNTED = _(
    "In the role “%(role)s” %(author)s mails at most %(limit)s at once, and nobody has counted the people of a Braze "
    "segment. Choose a list."
)
