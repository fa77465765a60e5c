"""Reading notices and what people wish about them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from groups.access import groups_with, own
from groups.models import Brand, Group, GroupKind, Membership, Notice, NoticePreference, User
from groups.notices.kinds import kind_named
from groups.roles import Permission

# What the bell counts up to; above it says that there are more.
MOST_COUNTED: Final = 99
_LEVELS: Final = (GroupKind.BRAND, GroupKind.REGION, GroupKind.STORE)


def unread_count(person: User, brand: Brand) -> int:
    """Counts what a person has not read in a brand, up to one more than `MOST_COUNTED`; one query by an index."""
    unread = Notice.objects.filter(person=person, brand=brand, read_at=None)
    return unread[: MOST_COUNTED + 1].count()


def notices_of(person: User) -> QuerySet[Notice]:
    """Gives a person's notices on the pages they are on: unread ones first, the newest on top."""
    is_read = ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())
    return own(person, Notice).select_related("group").order_by(is_read, "-created_at", "pk")


def accessible(person: User, notices: Collection[Notice]) -> set[uuid.UUID]:
    """Gives the ids of the notices whose thing a person may still see; a query per permission, however many they are.

    A notice of a kind that nobody knows any more is not among them.
    """
    asked: dict[Permission | None, list[Notice]] = {}
    for notice in notices:
        kind = kind_named(notice.kind)
        if kind is not None:
            asked.setdefault(kind.permission, []).append(notice)
    found: set[uuid.UUID] = set()
    for permission, ones in asked.items():
        if permission is None:
            found |= {notice.pk for notice in ones if person.is_active}
            continue
        brands = {notice.brand_id for notice in ones}
        groups = {notice.group_id for notice in ones if notice.group_id}
        places = groups_with(person, permission).filter(Q(pk__in=groups) | Q(parent=None, brand__in=brands))
        rows = list(places.values_list("pk", "parent_id", "brand_id"))
        open_groups, open_brands = {row[0] for row in rows}, {row[2] for row in rows if row[1] is None}
        found |= {
            notice.pk
            for notice in ones
            if (notice.group_id in open_groups if notice.group_id else notice.brand_id in open_brands)
        }
    return found


def preference_of(person: User, brand: Brand) -> NoticePreference:
    """Gives what a person wishes in a brand; not yet stored where they never said."""
    found = NoticePreference.objects.filter(person=person, brand=brand).first()
    return found or NoticePreference(person=person, brand=brand)


def preferences_of(people: Iterable[User], brand: Brand) -> Mapping[uuid.UUID, NoticePreference]:
    """Gives what people wish in a brand, by their id, of those who ever said."""
    return {one.person_id: one for one in NoticePreference.objects.filter(person__in=people, brand=brand)}


def zones_of(people: Collection[User], brand: Brand) -> Mapping[uuid.UUID, ZoneInfo]:
    """Gives each person's time zone, by their id: that of the highest group in which they hold a role themselves.

    Who holds none goes by the brand's own group.
    """
    held = Membership.objects.filter(Membership.live(), user__in=people, group__brand=brand, group__closed_at=None)
    rows = held.order_by("group__name").values_list("user_id", "group__kind", "group__time_zone")
    highest: dict[uuid.UUID, tuple[int, str]] = {}
    for user_id, kind, zone in rows:
        level = _LEVELS.index(GroupKind(kind))
        if user_id not in highest or level < highest[user_id][0]:
            highest[user_id] = (level, zone)
    zones = {user_id: ZoneInfo(zone) for user_id, (_level, zone) in highest.items()}
    if len(zones) < len(people):
        own_zone = Group.objects.filter(brand=brand, parent=None).values_list("time_zone", flat=True).first()
        usual = ZoneInfo(own_zone or "UTC")
        zones |= {person.pk: usual for person in people if person.pk not in zones}
    return zones
