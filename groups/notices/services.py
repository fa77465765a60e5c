"""Telling people, and what they do with it: reading, choosing what comes by mail, being left in peace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.access import own
from groups.addresses import is_own_path
from groups.audit import record
from groups.errors import InputRefused
from groups.models import Brand, Group, MailState, Notice, NoticePreference, Pace, User
from groups.notices import nudges
from groups.notices.kinds import Kind, Plain, families, kind_named
from groups.notices.paces import due_at, pace_of
from groups.notices.plain import one_line
from groups.notices.queries import preferences_of, zones_of
from groups.notices.queue import lock_in_order

KEPT_DAYS: Final = 90
MOST_MUTED_DAYS: Final = 366
_ABOUT: Final = re.compile(r"[a-z_]+:[0-9A-Za-z-]{1,64}")
_FORGOTTEN_AT_A_TIME: Final = 1_000


def tell(
    people: Iterable[User],
    kind: Kind,
    *,
    about: str,
    path: str,
    occasion: str = "",
    brand: Brand | None = None,
    group: Group | None = None,
    **parameters: Plain,
) -> None:
    """Tells people something, once an occasion; the queries are as many for a crowd as for two.

    Written in the transaction of the caller, where there is one. `about` names the thing as `kind:id`; `path` is a path
    of our own, never a full address; `group` or `brand` says where it happened. Raises `ValueError` for anything else.
    """
    if group is not None:
        brand = group.brand
    if brand is None:
        raise ValueError("A notice needs a group or a brand.")
    if not is_own_path(path):
        raise ValueError("A notice leads to a path of the portal and nowhere else.")
    if not _ABOUT.fullmatch(about):
        raise ValueError("A notice is about a thing, named as kind:id.")
    told = {person.pk: person for person in people if person.is_active and not person.is_service}
    if not told:
        return
    plain = {name: one_line(value) if isinstance(value, str) else value for name, value in parameters.items()}
    now = timezone.now()
    preferences, zones = preferences_of(told.values(), brand), zones_of(tuple(told.values()), brand)
    notices = []
    # In the order of their ids, so that two who tell the same people at once do not wait for each other.
    for pk, person in sorted(told.items()):
        pace = pace_of(kind, preferences.get(pk), now.astimezone(zones[pk]).date())
        notices.append(
            Notice(
                person=person,
                brand=brand,
                group=group,
                kind=kind.name,
                about=about,
                occasion=occasion,
                parameters=plain,
                path=path,
                pace=pace,
                mail_state=_state_for(pace),
                due_at=due_at(pace, now, zones[pk]),
            )
        )
    with transaction.atomic():
        Notice.objects.bulk_create(notices, ignore_conflicts=True)
        if any(notice.pace == Pace.AT_ONCE for notice in notices):
            nudges.mail_due()


def mark_read(*, notice: Notice, reader: User) -> None:
    """Notes when a person has first read a notice; an admin who acts as them reads nothing in their place."""
    if reader.acted_by is not None:
        return
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, person: User) -> int:
    """Notes that a person has read everything on the pages they are on; gives how many notices that were.

    An admin who acts as them reads nothing in their place.
    """
    return 0 if person.acted_by is not None else _read(own(person, Notice))


def put_away(*, kind: Kind, about: str) -> int:
    """Marks read, for everybody, what asked for something that has been dealt with; gives how many notices that were.

    What of it was not mailed yet stays in the portal.
    """
    return _read(Notice.objects.filter(kind=kind.name, about=about))


def choose(*, person: User, brand: Brand, paces: Mapping[str, Pace], muted_until: date | None) -> NoticePreference:
    """Stores what a person wishes for themselves, by the name of each family.

    What still waits to be mailed goes by it as well. Raises `InputRefused` for a family that nobody may choose for, and
    for a day that is past or far away.
    """
    if not paces.keys() <= {family.name for family in families(may_be_muted=True)}:
        raise InputRefused(_("There are no such notices to choose for. Reload the page."))
    now = timezone.now()
    zone = zones_of((person,), brand)[person.pk]
    today = now.astimezone(zone).date()
    if muted_until is not None and not today < muted_until <= today + timedelta(days=MOST_MUTED_DAYS):
        raise InputRefused(_("Choose a day from tomorrow on, at most a year ahead."))
    with transaction.atomic():
        preference, _created = NoticePreference.objects.update_or_create(
            person=person,
            brand=brand,
            defaults={
                "paces": {name: Pace(pace).value for name, pace in paces.items()},
                "muted_until": muted_until,
            },
        )
        waiting = Notice.objects.filter(person=person, brand=brand, mail_state=MailState.WAITING)
        lock_in_order(waiting)
        for notice in waiting:
            kind = kind_named(notice.kind)
            pace = pace_of(kind, preference, today) if kind else Pace.PORTAL
            if pace != notice.pace:
                Notice.objects.filter(pk=notice.pk, mail_state=MailState.WAITING).update(
                    pace=pace, mail_state=_state_for(pace), due_at=due_at(pace, now, zone)
                )
        record("notices.chosen", actor=person, brand=brand, target=person)
        nudges.mail_due()
    return preference


def forget_read() -> int:
    """Removes read notices that are older than `KEPT_DAYS`, a thousand at a time; gives how many."""
    old = Notice.objects.filter(read_at__isnull=False, created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))
    removed = 0
    while chosen := list(old.values_list("pk", flat=True)[:_FORGOTTEN_AT_A_TIME]):
        removed += Notice.objects.filter(pk__in=chosen).delete()[0]
    return removed


def _read(notices: QuerySet[Notice]) -> int:
    unread = notices.filter(read_at=None)
    with transaction.atomic():
        lock_in_order(unread)
        return unread.update(read_at=timezone.now())


def _state_for(pace: Pace) -> MailState:
    return MailState.KEPT if pace == Pace.PORTAL else MailState.WAITING
