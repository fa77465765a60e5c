"""What the calendar shows: days with their mailings, those from above, closed days, and clashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_skeleton, get_day_names
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns.calendar.asked import DAY, MONTH, WEEK, Asked
from campaigns.calendar.clashes import Clash, Subject, clashes_among, people_reached
from campaigns.calendar.entries import PLANNED, Entry, Span, entries_in, mailings_above, mailings_below, mailings_of
from campaigns.calendar.words import others_in_words, share_in_words
from campaigns.compose.closing import zone_name
from campaigns.mailings.views import STATE_LABELS
from campaigns.models import Blackout, MailingState
from campaigns.schedule.levels import GroupTimes
from campaigns.schedule.queries import times_of
from campaigns.schedule.words import clash_in_words, hour_in_words
from groups.access import groups_with, may
from groups.models import Group, User
from groups.roles import Permission

GROUPS_OFFERED: Final = 200
SHOWS_MOST_FROM_ABOVE: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A mailing on its day: `time` by the calendar's clock, `there` by its own group's where that differs.

    `is_hidden` tells that the person may not look into it: it then has no name, and no link. `reach` says of a mailing
    from above whether it goes to people of this group. `clash` says who else mails the same people.
    """

    entry: Entry
    label: str
    time: str
    there: str = ""
    is_hidden: bool = False
    reach: str = ""
    clash: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day; `closed` are the reasons why nothing goes out on it, `more` counts the mailings that are not shown."""

    day: date
    title: str
    is_outside: bool
    is_today: bool
    closed: tuple[str, ...]
    lines: tuple[Line, ...]
    more: int


def page_of(group: Group, actor: User, asked: Asked) -> dict[str, Any]:
    """Gives everything that the page shows."""
    times = times_of(group)
    span = asked.span(times.zone)
    visible = groups_with(actor, Permission.SEE_MAILINGS)
    below = list(visible.filter(parent=group, closed_at=None).order_by("name")[: GROUPS_OFFERED + 1])
    days = days_of(group, asked, span, times, visible)
    return {
        "group": group,
        "asked": asked,
        "days": days,
        "weeks": [days[number : number + 7] for number in range(0, len(days), 7)],
        "weekdays": _weekdays(),
        "title": _title(asked, span),
        "zone": zone_name(group.time_zone),
        "is_empty": not any(day.lines for day in days),
        "has_clashes": any(line.clash for day in days for line in day.lines),
        "quiet": _quiet(times),
        "rule": clash_in_words(times.clash),
        "views": [
            (label, asked.query(view="" if view == MONTH else view), view == asked.view) for view, label in _views()
        ],
        "before": asked.query(day=asked.step(-1).isoformat()),
        "after": asked.query(day=asked.step(1).isoformat()),
        "now": asked.query(day=""),
        "states": [(key, label, key == asked.state) for key, label in STATE_LABELS.items()],
        "below": below[:GROUPS_OFFERED],
        "has_more_below": len(below) > GROUPS_OFFERED,
        "above": visible.filter(paths_down__descendant=group, paths_down__depth=1).first(),
        "may_edit": may(actor, Permission.EDIT_MAILINGS, group),
    }


def days_of(group: Group, asked: Asked, span: Span, times: GroupTimes, visible: QuerySet[Group]) -> list[Day]:
    """Gives the days of a span with the mailings of a group, of those below it, and of those above that reach it."""
    is_alone = asked.is_own or not Group.objects.filter(parent=group).exists()
    mailings = mailings_of(group) if is_alone else mailings_below(group, groups=visible)
    own = mailings.filter(state__in=asked.states)
    found = entries_in(own, span, most=asked.most)
    from_above = _from_above(group, asked, span)
    clashes = _clashes(group, found.entries, times)
    ids = {one.group.pk for clash in clashes.values() for one in clash.others}
    named = set(visible.filter(pk__in=ids | {one.group_id for one, _reach in from_above}).values_list("pk", flat=True))
    lines: dict[date, list[Line]] = defaultdict(list)
    for entry in found.entries:
        lines[entry.day].append(_line(entry, times, clash=_said(clashes.get(entry.id), times, named)))
    for entry, reach in from_above:
        lines[entry.day].append(_line(entry, times, is_hidden=entry.group_id not in named, reach=reach))
    closed = _closed(group, span)
    today = times.day_of(timezone.now())
    count = (span.last - span.first).days + 1
    return [
        Day(
            day=day,
            title=_day_title(day),
            is_outside=asked.view == MONTH and day.month != asked.day.month,
            is_today=day == today,
            closed=tuple(reason for first, last, reason in closed if first <= day <= last),
            lines=tuple(sorted(lines[day], key=lambda line: line.entry.goes_at)),
            more=max(0, found.totals.get(day, 0) - asked.most),
        )
        for day in (span.first + timedelta(days=number) for number in range(count))
    ]


def _from_above(group: Group, asked: Asked, span: Span) -> list[tuple[Entry, str]]:
    """Gives the mailings of the groups above that reach people of this one, or may, with what is known of that."""
    if group.parent_id is None:
        return []
    mailings = mailings_above(group).filter(state__in=asked.states)
    found = entries_in(mailings, span, most=SHOWS_MOST_FROM_ABOVE).entries
    if not found:
        return []
    reached = people_reached(group, [one.id for one in found])
    kinds = {True: _("It goes to people of this group."), False: _("It may go to people of this group.")}
    # A list that none of the group's people is on does not concern it; of anything else nobody knows before.
    return [(one, kinds[one.id in reached]) for one in found if one.id in reached or one.size is None]


def _clashes(group: Group, entries: Sequence[Entry], times: GroupTimes) -> Mapping[UUID, Clash]:
    """Gives the clashes of what is still to go out."""
    now = timezone.now()
    coming = [
        one
        for one in entries
        if one.goes_at > now and one.audience_id is not None and one.state in (MailingState.DRAFT, *PLANNED)
    ]
    subjects = [Subject(one.id, one.audience_id, one.goes_at) for one in coming if one.audience_id is not None]
    sizes = {one.audience_id: one.size for one in coming if one.audience_id is not None and one.size is not None}
    return clashes_among(subjects, sizes, brand=group.brand, rule=times.clash)


def _said(clash: Clash | None, times: GroupTimes, visible: set[UUID]) -> str:
    if clash is None:
        return ""
    return _("%(share)s of its people also get %(others)s.") % {
        "share": share_in_words(clash),
        "others": others_in_words(clash, times, visible),
    }


def _line(entry: Entry, times: GroupTimes, *, is_hidden: bool = False, reach: str = "", clash: str = "") -> Line:
    there = ""
    if entry.group_zone != times.group.time_zone:
        local = entry.goes_at.astimezone(ZoneInfo(entry.group_zone))
        if local.replace(tzinfo=None) != entry.goes_at.astimezone(times.zone).replace(tzinfo=None):
            there = _("%(time)s in %(zone)s") % {
                "time": time_format(local, "TIME_FORMAT"),
                "zone": zone_name(entry.group_zone),
            }
    return Line(
        entry=entry,
        label=str(entry.state.label),
        time=time_format(entry.goes_at.astimezone(times.zone), "TIME_FORMAT"),
        there=there,
        is_hidden=is_hidden,
        reach=reach,
        clash=clash,
    )


def _closed(group: Group, span: Span) -> list[tuple[date, date, str]]:
    """Gives the blackout dates of a group and of those above it that touch a span; past ones, too."""
    found = Blackout.objects.filter(
        group__paths_down__descendant=group, first_day__lte=span.last, last_day__gte=span.first
    )
    return list(found.values_list("first_day", "last_day", "reason"))


def _quiet(times: GroupTimes) -> str:
    if times.quiet is None or times.quiet.value.are_none:
        return ""
    quiet = times.quiet.value
    return _("No mail goes out between %(start)s and %(end)s.") % {
        "start": hour_in_words(quiet.start),
        "end": hour_in_words(quiet.end),
    }


def _locale() -> Locale:
    return Locale.parse(get_language() or "en", sep="-")


def _weekdays() -> list[tuple[str, str]]:
    """Gives the days of the week from Monday on, long and short."""
    locale = _locale()
    long, short = get_day_names("wide", locale=locale), get_day_names("abbreviated", locale=locale)
    return [(long[number], short[number]) for number in range(7)]


def _title(asked: Asked, span: Span) -> str:
    if asked.view == MONTH:
        return format_skeleton("yMMMM", asked.day, locale=_locale())
    if asked.view == DAY:
        return _day_title(asked.day)
    return _("%(first)s to %(last)s") % {"first": date_format(span.first), "last": date_format(span.last)}


def _day_title(day: date) -> str:
    return format_skeleton("yMMMMEEEEd", day, locale=_locale())


def _views() -> tuple[tuple[str, str], ...]:
    return ((MONTH, _("Month")), (WEEK, _("Week")), (DAY, _("Day")))
