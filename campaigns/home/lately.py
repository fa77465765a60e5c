"""What went out lately, with its numbers, and what goes out in the next days."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.calendar.entries import LIVE, PLANNED, Entry, Span, entries_in
from campaigns.compose.closing import in_words
from campaigns.models import Delivery, Mailing, MailingState
from campaigns.reports.figures import Figure, figures_of
from campaigns.reports.queries import numbers_for
from groups.access import groups_with, rights_of
from groups.models import Brand, Group, User
from groups.roles import Permission

SHOWN: Final = 5
COMING_SHOWN: Final = 7
DAYS_AHEAD: Final = 7
# Of the brand's newest: where the person sees enough of them, the others are left alone.
LOOKED_AT_FIRST: Final = 50
# So many groups are named one by one, which lets the database go by each; of more it looks at the brand's newest.
GROUPS_NAMED: Final = 50
WENT: Final = (
    MailingState.SENDING,
    MailingState.SENT,
    MailingState.SENT_WITH_OPEN_QUESTIONS,
    MailingState.STOPPED,
)


@dataclass(frozen=True, slots=True)
class Went:
    """A mailing that went out, when, and what Braze has reported of it so far."""

    mailing: Mailing
    when: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Coming:
    """A mailing that goes out soon; `when` names the zone of its group."""

    entry: Entry
    label: str
    when: str


def reach_of(user: User, brand: Brand) -> Q:
    """A condition on mailings: the person sees them, and they are real."""
    if Permission.SEE_MAILINGS in rights_of(user, brand, None).for_brand:
        return Q(group__brand=brand, is_practice=False)
    groups = groups_with(user, Permission.SEE_MAILINGS).filter(brand=brand)
    named = list(groups.values_list("pk", flat=True)[: GROUPS_NAMED + 1])
    within = Q(group__in=named) if len(named) <= GROUPS_NAMED else Q(group__in=groups.values("pk"))
    return within & Q(is_practice=False)


def went_out(reach: Q, brand: Brand) -> list[Went]:
    """Gives the newest mailings that went out, with their numbers; four queries, and those of each group's."""
    mailings: QuerySet[Mailing] = Mailing.objects.filter(reach, state__in=WENT)
    gone = Delivery.objects.filter(state__in=LIVE, go_at__lte=timezone.now()).order_by("-go_at")
    newest = _moments(gone.filter(workspace__brand=brand), LOOKED_AT_FIRST)
    seen = set(mailings.filter(pk__in=newest).values_list("pk", flat=True))
    moments = {mailing: at for mailing, at in newest.items() if mailing in seen}
    if len(moments) < SHOWN <= len(newest):
        moments = _moments(gone.filter(mailing__in=mailings.values("pk")), 2 * SHOWN)
    shown = list(moments)[:SHOWN]
    found = Mailing.objects.filter(pk__in=shown).select_related("group").defer("values", "envelope")
    by_group: dict[Group, list[Mailing]] = defaultdict(list)
    for one in found:
        by_group[one.group].append(one)
    numbers = {pk: known for group, own in by_group.items() for pk, known in numbers_for(group, own).items()}
    return [
        Went(
            mailing=one,
            when=in_words(moments[one.pk], one.group),
            figures=figures_of(numbers[one.pk])[:3] if one.pk in numbers else (),
        )
        for one in sorted(found, key=lambda one: shown.index(one.pk))
    ]


def _moments(deliveries: QuerySet[Delivery], most: int) -> dict[uuid.UUID, datetime]:
    """Gives when the mailings of the first deliveries went; of one that went to its rest, too, the newest."""
    moments: dict[uuid.UUID, datetime] = {}
    for mailing, go_at in deliveries.values_list("mailing", "go_at")[:most]:
        if go_at is not None:
            moments.setdefault(mailing, go_at)
    return moments


def coming_up(reach: Q, group: Group) -> tuple[list[Coming], bool]:
    """Gives the first mailings of the next seven days, and whether there are more; the days are those of a group."""
    zone = ZoneInfo(group.time_zone)
    now = timezone.now()
    today = now.astimezone(zone).date()
    span = Span(today, today + timedelta(days=DAYS_AHEAD), zone)
    mailings = Mailing.objects.filter(reach, state__in=PLANNED)
    found = entries_in(mailings, span, most=COMING_SHOWN + 1).entries
    coming = [one for one in found if one.goes_at > now]
    shown = [
        Coming(one, str(one.state.label), in_words(one.goes_at, Group(time_zone=one.group_zone)))
        for one in coming[:COMING_SHOWN]
    ]
    return shown, len(coming) > COMING_SHOWN
