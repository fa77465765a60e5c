"""Reading a network: its four weeks, its lists, the groups right below, who is silent, what clashes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from campaigns.compose.closing import in_words
from campaigns.models import GroupStanding, GroupWeek, MailingClash, Nudge
from campaigns.reports.scope import Scope
from campaigns.reports.words import Share, share_of
from groups.models import Group

WEEKS: Final = 26
FOUR_WEEKS: Final = 4
PER_PAGE: Final = 50
SILENT_SHOWN: Final = 20
CLASHES_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Growth:
    """People on lists now, and how many came and left in four weeks; None where lists were not read long enough."""

    contacts: int | None = None
    came: int | None = None
    left: int | None = None

    @property
    def net(self) -> int | None:
        """By how many the lists grew, below zero where they shrank."""
        return None if self.came is None or self.left is None else self.came - self.left


@dataclass(frozen=True, slots=True)
class Row:
    """A group right below, with all that is below it."""

    group: Group
    standing: GroupStanding
    clicks: Share
    growth: Growth
    has_below: bool


@dataclass(frozen=True, slots=True)
class Silent:
    """A silent group, when something of it last went out, and when somebody last nudged it."""

    group: Group
    last_went_on: date | None
    nudged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Clashing:
    """A mailing that clashes, when it goes out by its group's clock, and with how many; `address` is that day."""

    name: str
    group: str
    when: str
    words: str
    address: str


def standing_of(scope: Scope) -> GroupStanding | None:
    """Gives where a group and all below it stand; None while nothing was added up."""
    found = GroupStanding.objects.filter(group=scope.group)
    return found.select_related("best_mailing__mailing__group", "best_group__report_standing").first()


def weeks_of(scope: Scope, number: int = WEEKS) -> dict[date, GroupWeek]:
    """Gives the weeks of a group with all below it, those without anything left out."""
    return {row.week: row for row in GroupWeek.objects.filter(group=scope.group, week__gte=scope.weeks(number)[0])}


def growth_of(weeks: Mapping[date, GroupWeek], days: Sequence[date]) -> Growth:
    """Gives how lists grew over the last of `days`, from the reading before them to the newest one."""
    readings = [weeks[day].below_contacts if day in weeks else None for day in days]
    now = next((one for one in reversed(readings) if one is not None), None)
    known = [weeks[day].below_came for day in days[-FOUR_WEEKS:] if day in weeks]
    came = sum(one for one in known if one is not None) if any(one is not None for one in known) else None
    before = readings[-FOUR_WEEKS - 1] if len(readings) > FOUR_WEEKS else None
    if now is None or came is None or before is None or None in readings[-FOUR_WEEKS:]:
        return Growth(now)
    return Growth(now, came, max(before + came - now, 0))


def came_and_left(weeks: Mapping[date, GroupWeek], day: date, before: date) -> tuple[int | None, int | None]:
    """Gives how many came and left in one week; left only where the lists were read in the week before as well."""
    row, earlier = weeks.get(day), weeks.get(before)
    came = None if row is None else row.below_came
    if row is None or came is None or row.below_contacts is None or earlier is None or earlier.below_contacts is None:
        return came, None
    return came, max(earlier.below_contacts + came - row.below_contacts, 0)


def standings_right_below(group: Group) -> QuerySet[GroupStanding]:
    """Gives the open groups right below one, those with the most clicks for their size first, unranked ones last."""
    found = GroupStanding.objects.filter(group__parent=group, group__closed_at=None).select_related("group")
    return found.order_by(F("below_click_rate").desc(nulls_last=True), "-below_mailings", "group__name")


def rows_of(standings: Sequence[GroupStanding], days: Sequence[date]) -> list[Row]:
    """Gives the lines of a page of groups; two queries."""
    ids = [one.group_id for one in standings]
    wanted = days[-FOUR_WEEKS - 1 :]
    weeks: dict[uuid.UUID, dict[date, GroupWeek]] = {pk: {} for pk in ids}
    for row in GroupWeek.objects.filter(group__in=ids, week__gte=wanted[0]):
        weeks[row.group_id][row.week] = row
    parents = set(Group.objects.filter(parent__in=ids).values_list("parent", flat=True).distinct())
    return [
        Row(
            group=one.group,
            standing=one,
            clicks=share_of(one.below_clicks, one.below_clicks_of, before=(one.before_clicks, one.before_clicks_of)),
            growth=growth_of(weeks[one.group_id], wanted),
            has_below=one.group_id in parents,
        )
        for one in standings
    ]


def silent_groups(scope: Scope) -> QuerySet[GroupStanding]:
    """Gives the silent groups of a network, those that never sent anything first, then the longest silent."""
    found = GroupStanding.objects.filter(scope.below(), brand=scope.group.brand_id, is_silent=True)
    return found.order_by(F("last_went_on").asc(nulls_first=True), "group__name", "pk").select_related("group")


def silent_rows(standings: Iterable[GroupStanding]) -> list[Silent]:
    """Gives silent groups with their last nudge; one query."""
    shown = list(standings)
    ids = [one.group_id for one in shown]
    newest = Nudge.objects.filter(group=OuterRef("pk")).order_by("-at").values("at")[:1]
    nudged = dict(Group.objects.filter(pk__in=ids).annotate(nudged=Subquery(newest)).values_list("pk", "nudged"))
    return [Silent(one.group, one.last_went_on, nudged.get(one.group_id)) for one in shown]


def clashes_of(scope: Scope) -> QuerySet[MailingClash]:
    """Gives the next mailings of a network that clash, by their time."""
    found = MailingClash.objects.filter(scope.below("mailing__group"), goes_at__gt=timezone.now())
    return found.select_related("mailing__group").order_by("goes_at", "pk")


def clashing(clashes: Iterable[MailingClash]) -> list[Clashing]:
    """Gives clashes in words."""
    return [_clashing(one, one.mailing.group) for one in clashes]


def _clashing(clash: MailingClash, group: Group) -> Clashing:
    words = ngettext(
        "%(percent)s %% of its people have %(others)s other mailing near it.",
        "%(percent)s %% of its people have %(others)s other mailings near it.",
        clash.others,
    )
    day = clash.goes_at.astimezone(ZoneInfo(group.time_zone)).date()
    return Clashing(
        name=clash.mailing.name,
        group=group.name,
        when=in_words(clash.goes_at, group),
        words=words % {"percent": round(100 * clash.share), "others": clash.others},
        address=f"{reverse('campaigns:calendar', args=[group.pk])}?view=day&day={day.isoformat()}",
    )


def all_below(scope: Scope) -> Iterator[GroupStanding]:
    """Gives every open group of a network, for a table."""
    found = GroupStanding.objects.filter(scope.below(), group__closed_at=None).select_related("group__parent")
    return found.order_by("group__name", "pk").iterator(chunk_size=1000)
