"""Reading the audit trail: what a person may see of it, filtered, and a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import Http404

from groups import access
from groups.models import Brand, Event, Group, GroupPath, User
from groups.roles import Permission
from groups.trail import words
from groups.tree.queries import root_of

PAGE_SIZE: Final = 50
CHUNK: Final = 1000
_CURSOR_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the trail is asked for; what is None or empty filters nothing. Days count in the brand's zone, whole.

    `person` is a part of a name or address, `group` a part of a name or a code; it stands for those below it too.
    """

    person: str = ""
    family: str = ""
    group: str = ""
    kind: str = ""
    target: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, the newest first; `older` and `newer` are the cursors of what lies beyond, None where nothing is."""

    events: tuple[Event, ...]
    older: int | None
    newer: int | None


def groups_of(user: User, brand: Brand) -> QuerySet[Group]:
    """Gives the groups of a brand whose trail a person may see, by name."""
    groups = access.visible(user, Group, Permission.SEE_AUDIT_TRAIL)
    return groups.filter(brand=brand).order_by("name", "code")


def visible_events(user: User, brand: Brand) -> QuerySet[Event]:
    """Gives the events of a brand that a person may see; raises `Http404` for somebody who may see none.

    The right on the brand's own group shows everything, also what belongs to no group; on a group below it shows the
    events of that group and of those below it.
    """
    if access.visible(user, Brand, Permission.SEE_AUDIT_TRAIL).filter(pk=brand.pk).exists():
        return Event.objects.filter(brand=brand)
    groups = groups_of(user, brand)
    if not groups.exists():
        raise Http404
    return Event.objects.filter(brand=brand, group__in=groups.order_by().values("pk"))


def zone_of(brand: Brand) -> ZoneInfo:
    """Gives the zone in which a brand reads its trail: that of its own group."""
    return ZoneInfo(root_of(brand).time_zone)


def matching(events: QuerySet[Event], wanted: Wanted, zone: ZoneInfo) -> QuerySet[Event]:
    """Narrows events to what is asked for."""
    if wanted.person:
        named = Q(name__icontains=wanted.person) | Q(email__icontains=wanted.person)
        people = User.objects.filter(named).values("pk")
        events = events.filter(Q(actor__in=people) | Q(acting_as__in=people))
    if wanted.family:
        events = events.filter(action__in=words.actions_of(wanted.family))
    if wanted.group:
        called = Q(ancestor__name__icontains=wanted.group) | Q(ancestor__code__iexact=wanted.group)
        events = events.filter(group__in=GroupPath.objects.filter(called).values("descendant"))
    if wanted.kind:
        events = events.filter(target_kind=wanted.kind)
    if wanted.target:
        events = events.filter(target_id=wanted.target)
    if wanted.since is not None:
        events = events.filter(at__gte=_midnight(wanted.since, zone))
    if wanted.until is not None:
        events = events.filter(at__lt=_midnight(wanted.until + timedelta(days=1), zone))
    return events


def page_of(events: QuerySet[Event], seen: QuerySet[Event], *, before: str = "", after: str = "") -> EventPage:
    """Gives a page of events: the newest, or those before or after an event of `seen`, by its id.

    A page costs the same wherever in the trail it lies. Raises `Http404` for an id that is not among `seen`.
    """
    shown = events.select_related("actor", "acting_as", "group")
    if after:
        found = list(_later(shown, _event(seen, after)).order_by("at", "pk")[: PAGE_SIZE + 1])
        kept = found[:PAGE_SIZE][::-1]
        has_newer, has_older = len(found) > PAGE_SIZE, True
    else:
        earlier = _earlier(shown, _event(seen, before)) if before else shown
        found = list(earlier.order_by("-at", "-pk")[: PAGE_SIZE + 1])
        kept = found[:PAGE_SIZE]
        has_newer, has_older = bool(before), len(found) > PAGE_SIZE
    return EventPage(
        events=tuple(kept),
        older=kept[-1].pk if kept and has_older else None,
        newer=kept[0].pk if kept and has_newer else None,
    )


def in_turn(events: QuerySet[Event]) -> Iterator[list[Event]]:
    """Yields all events, the oldest first, so many at a time that memory is bounded."""
    shown = events.select_related("actor", "acting_as", "group", "seal").defer("seal__contents").order_by("at", "pk")
    found = list(shown[:CHUNK])
    while found:
        yield found
        found = list(_later(shown, found[-1])[:CHUNK])


def _event(seen: QuerySet[Event], cursor: str) -> Event:
    is_id = cursor.isascii() and cursor.isdecimal() and len(cursor) <= _CURSOR_DIGITS
    found = seen.filter(pk=int(cursor)).only("at").first() if is_id else None
    if found is None:
        raise Http404
    return found


def _earlier(events: QuerySet[Event], than: Event) -> QuerySet[Event]:
    return events.filter(Q(at__lt=than.at) | Q(pk__lt=than.pk), at__lte=than.at)


def _later(events: QuerySet[Event], than: Event) -> QuerySet[Event]:
    return events.filter(Q(at__gt=than.at) | Q(pk__gt=than.pk), at__gte=than.at)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock.min, tzinfo=zone)
