"""Whom a filter finds: its people, how many they are, and the first of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.audiences.filters import parsing
from groups.audiences.filters.definition import Definition, Targets, targets_in
from groups.audiences.filters.describing import described
from groups.audiences.filters.selecting import Matches
from groups.errors import InputRefused
from groups.models import Attribute, Audience, AudienceKind, AudienceMember, Brand, Contact, Group, SyncState

COUNTED_UP_TO: Final = 1_500
FIRST_PEOPLE: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """How many people match, exactly up to 1,500 and else as "more than that"; and the first of them by address.

    `about` is what the database reckons where there are more, None where it cannot say.
    """

    count: int
    first: tuple[UUID, ...]
    about: int | None = None

    @property
    def is_more(self) -> bool:
        """Whether there are more than `count`."""
        return self.count > COUNTED_UP_TO

    @property
    def shown(self) -> int:
        """The number to be shown."""
        return min(self.count, COUNTED_UP_TO)


def targets_of(brand: Brand | UUID) -> Targets:
    """Gives the attributes that a brand lets filters use, by name."""
    return targets_in(Attribute.objects.filter(brand=brand, is_target=True).order_by("label"))


def all_attributes_of(brand: Brand | UUID) -> Targets:
    """Gives every attribute of a brand, for filters that were frozen while they all could be used, and for words."""
    return targets_in(Attribute.objects.filter(brand=brand).order_by("label"))


def today_of(group: Group, moment: datetime | None = None) -> date:
    """Gives the day by a group's clock from which a filter's days count: that of a moment, now unless told."""
    return (moment or timezone.now()).astimezone(ZoneInfo(group.time_zone)).date()


def definition_of(audience: Audience) -> Definition:
    """Gives what a filter says; raises `InputRefused` where it cannot be used any more.

    That is where filters may not use one of its attributes, where the brand keeps none, and for one that was deleted.
    """
    if audience.removed_at is not None:
        raise InputRefused(_("This filter was deleted."))
    if not audience.segment_id:
        demand_attributes(audience.group.brand)
    return parsing.read(audience.definition, targets_of(audience.group.brand_id))


def demand_attributes(brand: Brand) -> None:
    """Raises `InputRefused` where the brand keeps no attributes that a filter could compare."""
    if not brand.keeps_contacts:
        raise InputRefused(
            _("The brand keeps no attributes here, so there is nothing to filter by. Filter a Braze segment instead.")
        )


def words_of(audience: Audience) -> str:
    """Gives what a filter says in the reader's language, also where its attributes may not be used any more.

    Nothing where an attribute has become one of another kind since.
    """
    attributes = all_attributes_of(audience.group.brand_id)
    try:
        return described(parsing.read(audience.definition, attributes), attributes)
    except InputRefused:
        return ""


def problem_of(audience: Audience) -> str:
    """Gives why a filter cannot be used as it stands, nothing where it can."""
    try:
        definition_of(audience)
    except InputRefused as error:
        return error.sentence
    return ""


def waits_for_mirrors(audience: Audience) -> bool:
    """Tells whether Braze needs what the sync mirrors there for a filter, and contacts of the group wait for it."""
    if audience.kind != AudienceKind.FILTER or not audience.segment_id:
        return False
    targets = targets_of(audience.group.brand_id)
    used = parsing.read(audience.definition, all_attributes_of(audience.group.brand_id)).attributes
    if all(targets[name].is_custom for name in used & targets.keys()):
        return False
    return contacts_of_group(audience.group).filter(sync_state=SyncState.PENDING).exists()


def contacts_of_group(group: Group) -> QuerySet[Contact]:
    """Gives the contacts on the lists of a group: no filter of the group reaches beyond them."""
    lists = list(group.audiences.filter(kind=AudienceKind.LIST).order_by("pk").values_list("pk", flat=True))
    members = AudienceMember.objects.filter(contact=OuterRef("pk"), audience__in=lists)
    return Contact.objects.filter(Exists(members), brand=group.brand_id)


def matching(definition: Definition, group: Group, today: date, targets: Targets | None = None) -> QuerySet[Contact]:
    """Gives the contacts of a group that a definition finds."""
    known = targets_of(group.brand_id) if targets is None else targets
    return contacts_of_group(group).filter(Matches(definition, known, today))


def people_of(audience: Audience, moment: datetime | None = None) -> QuerySet[Contact]:
    """Gives the contacts in a list, or those that a filter finds on the day of a moment, now unless told.

    Nobody where only Braze knows the people, and nobody where the filter cannot be used any more.
    """
    if audience.is_counted_by_braze:
        return Contact.objects.none()
    if audience.kind != AudienceKind.FILTER:
        return Contact.objects.filter(audience_members__audience=audience)
    try:
        definition = definition_of(audience)
    except InputRefused:
        return Contact.objects.none()
    return matching(definition, audience.group, today_of(audience.group, moment))


# The contacts that are found are gathered once, at most one more than are counted; the count and the first of them
# come from the same rows.
_COUNTED = (
    "WITH found AS MATERIALIZED ({sql} LIMIT %s)"
    " SELECT (SELECT COUNT(*) FROM found), id FROM found ORDER BY email, id LIMIT %s"
)


# For queries that read a little of much: compiling them takes longer than they do, and so does starting helpers.
_FOR_A_PAGE = (
    "SELECT set_config('jit', 'off', true), set_config('max_parallel_workers_per_gather', '0', true),"
    " set_config('random_page_cost', '1.1', true)"
)


def find(contacts: QuerySet[Contact], first: int = FIRST_PEOPLE) -> Found:
    """Counts contacts and gives the first of them; both in bounded time, however many there are."""
    sql, parameters = contacts.order_by().values("id", "email").query.sql_with_params()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FOR_A_PAGE)
        cursor.execute(_COUNTED.format(sql=sql), [*parameters, COUNTED_UP_TO + 1, max(first, 1)])
        rows: Sequence[tuple[int, UUID | str]] = cursor.fetchall()
        count = rows[0][0] if rows else 0
        if count <= COUNTED_UP_TO:
            return Found(count, tuple(UUID(str(pk)) for _count, pk in rows[:first]))
        about = _reckoned(cursor, sql, parameters)
        # So many match that the first by address are soon met.
        by_address = contacts.order_by("email", "pk").values_list("pk", flat=True)
        return Found(count, tuple(by_address[:first]) if first else (), about)


def _reckoned(cursor: CursorWrapper, sql: str, parameters: Sequence[Any]) -> int | None:
    """Gives how many rows PostgreSQL expects, in two digits; it knows how often each value occurs."""
    if connection.vendor != "postgresql":
        return None
    cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
    (found,) = cursor.fetchone()
    plan = json.loads(found) if isinstance(found, str) else found
    rows = int(plan[0]["Plan"]["Plan Rows"])
    step = 10 ** max(0, len(str(rows)) - 2)
    return rows // step * step if rows > COUNTED_UP_TO else None


def first_people(found: Found) -> list[Contact]:
    """Gives the first contacts that were found, by address."""
    return list(Contact.objects.defer("synced").filter(pk__in=found.first).order_by("email", "pk"))
