"""Reading the mailings of a stretch of days: a few of each day with the number of all, in two queries."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.expressions import Combinable
from django.db.models.functions import RowNumber, TruncDate

from campaigns.models import Delivery, DeliveryState, Mailing, MailingState
from groups.models import AudienceKind, Brand, Group

# What was decided: whoever is mailed by it may know of it.
SETTLED: Final = (
    MailingState.SCHEDULED,
    MailingState.SENDING,
    MailingState.PAUSED,
    MailingState.NEEDS_DECISION,
    MailingState.SENT,
    MailingState.SENT_WITH_OPEN_QUESTIONS,
)
PLANNED: Final = (MailingState.IN_REVIEW, MailingState.IN_APPROVAL, *SETTLED)
SHOWN: Final = (MailingState.DRAFT, *PLANNED, MailingState.STOPPED)
NEVER_WENT: Final = (DeliveryState.WITHDRAWN, DeliveryState.FAILED)
# Until the plan has made recipients, the people of a delivery are those of its audience.
UNPLANNED: Final = (*NEVER_WENT, DeliveryState.PLANNING)
LIVE: Final = tuple(state for state in DeliveryState if state not in NEVER_WENT)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days by the clock of a zone, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The moment at which it begins, in UTC."""
        return datetime.combine(self.first, time.min, self.zone).astimezone(UTC)

    @property
    def end(self) -> datetime:
        """The moment at which it is over, in UTC."""
        return datetime.combine(self.last + timedelta(days=1), time.min, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A mailing at the moment at which it goes or went out, which lies in `day` of the calendar's zone.

    `size` counts the people of a list, None for anything else.
    """

    id: uuid.UUID
    name: str
    state: MailingState
    goes_at: datetime
    day: date
    group_id: uuid.UUID
    group_name: str
    group_zone: str
    audience_id: uuid.UUID | None
    audience_name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """The first mailings of each day, in the order of time, and how many each day has in all."""

    entries: Sequence[Entry]
    totals: Mapping[date, int]


def entries_in(mailings: QuerySet[Mailing], span: Span, *, most: int) -> Found:
    """Gives, of each day of a span, the first mailings by time, at most `most`, in two queries.

    A mailing stands at the time that was chosen; one that went "now", or to the rest, where Braze was told to send it.
    """
    planned = mailings.filter(send_at__gte=span.start, send_at__lt=span.end)
    at_once = mailings.filter(
        send_at=None,
        deliveries__go_at__gte=span.start,
        deliveries__go_at__lt=span.end,
        deliveries__state__in=LIVE,
    )
    totals: Counter[date] = Counter()
    found = [
        *_read(planned, F("send_at"), span, most, totals),
        *_read(at_once, F("deliveries__go_at"), span, most, totals),
    ]
    return Found(_first_ones(found, most), totals)


def between(start: datetime, end: datetime) -> Q:
    """A condition on mailings: they go or went out in a stretch of time, ends included."""
    planned = Mailing.objects.filter(send_at__gte=start, send_at__lte=end).order_by().values("pk")
    at_once = Delivery.objects.filter(go_at__gte=start, go_at__lte=end, state__in=LIVE, mailing__send_at=None)
    # Joined, and not as one condition or the other, so that each is looked up by its index.
    return Q(pk__in=planned.union(at_once.order_by().values("mailing"), all=True))


def mailings_of(group: Group) -> QuerySet[Mailing]:
    """Gives the real mailings of one group."""
    return Mailing.objects.filter(group=group, is_practice=False)


def mailings_below(group: Group, *, groups: QuerySet[Group]) -> QuerySet[Mailing]:
    """Gives the real mailings of a group and of those below it, as far as they lie in `groups`."""
    below = groups.filter(paths_up__ancestor=group)
    return Mailing.objects.filter(group__in=below.values("pk"), is_practice=False)


def mailings_above(group: Group) -> QuerySet[Mailing]:
    """Gives the mailings of the groups above one that were decided on, whoever may look into them."""
    above = Group.objects.filter(paths_down__descendant=group, paths_down__depth__gt=0)
    # Named one by one, so that each is looked up by its index.
    return Mailing.objects.filter(
        group__in=list(above.values_list("pk", flat=True)), is_practice=False, state__in=SETTLED
    )


def mailings_of_brand(brand: Brand, states: Collection[MailingState] = PLANNED) -> QuerySet[Mailing]:
    """Gives the real mailings of a brand that go out, went out, or wait for a yes."""
    return Mailing.objects.filter(group__brand=brand, is_practice=False, state__in=states)


def _read(mailings: QuerySet[Mailing], at: Combinable, span: Span, most: int, totals: Counter[date]) -> Iterator[Entry]:
    """Yields the first of each day; the database numbers and counts them, so that no other row is read."""
    numbered = (
        mailings.order_by()
        .annotate(goes_at=at, day=TruncDate(at, tzinfo=span.zone))
        .annotate(
            place=Window(RowNumber(), partition_by=F("day"), order_by=[F("goes_at"), F("pk")]),
            on_day=Window(Count("pk"), partition_by=F("day")),
        )
        .filter(place__lte=most)
    )
    names = ("pk", "name", "state", "goes_at", "day", "group_id", "group__name", "group__time_zone", "audience_id")
    counted: dict[date, int] = {}
    for row in numbered.values_list(*names, "audience__name", "audience__kind", "audience__size", "on_day"):
        pk, name, state, goes_at, day, group, of, zone, audience, called, kind, size, on_day = row
        counted[day] = on_day
        people = size if kind == AudienceKind.LIST else None
        yield Entry(pk, name, MailingState(state), goes_at, day, group, of, zone, audience, called or "", people)
    totals.update(counted)


def _first_ones(found: list[Entry], most: int) -> list[Entry]:
    """Joins what two queries gave: the first of a day are among the first of each."""
    kept: Counter[date] = Counter()
    first = []
    for entry in sorted(found, key=lambda one: (one.goes_at, str(one.id))):
        kept[entry.day] += 1
        if kept[entry.day] <= most:
            first.append(entry)
    return first
