"""Reading consent: where a person stands, which suppressions a group sees, and what Braze tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from groups import access
from groups.consent.reading import MISSING, PERMISSIONS
from groups.keeping.addresses import stored_address
from groups.models import (
    AudienceKind,
    AudienceMember,
    Brand,
    Contact,
    Group,
    GroupPath,
    Reading,
    ReadingKind,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    User,
    Workspace,
)
from groups.roles import Permission

PAGE_SIZE = 50
CHUNK = 1000
SHOWN_STORES = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """Whom a person gets mail from: nobody of the brand with `is_shut`, else the groups that have them on a list.

    `is_shut_here` tells that the group of the link mails them no more; `more` counts groups that are not named.
    """

    is_shut: bool
    is_shut_here: bool
    groups: tuple[Group, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of suppressions is narrowed to; empty is everything."""

    search: str = ""
    reason: str = ""
    origin: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.search or self.reason or self.origin)


@dataclass(frozen=True, slots=True)
class SuppressionPage:
    """A page of suppressions, newest first; `older` and `newer` are the ids to go on from, None at an end."""

    rows: tuple[Suppression, ...]
    older: int | None
    newer: int | None


@dataclass(frozen=True, slots=True)
class Told:
    """What Braze tells the portal of one of its lists: whether it is read, since when, and why not."""

    label: str
    is_read: bool
    is_missing: bool
    read_at: datetime | None
    problem: str


def standing_of(contact: Contact, group: Group) -> Standing:
    """Says from which groups a person gets mail, by the lists that they, or others with their address, are on."""
    same = Contact.objects.filter(brand=contact.brand_id, email=contact.email)
    shut = set(
        Suppression.objects.filter(
            Q(contact__in=same) | Q(brand=contact.brand_id, address=contact.email.lower())
        ).values_list("group_id", flat=True)
    )
    if None in shut:
        return Standing(is_shut=True, is_shut_here=True, groups=(), more=0)
    on_list = AudienceMember.objects.filter(
        contact__in=same, audience__group=OuterRef("pk"), audience__kind=AudienceKind.LIST
    )
    mailing = Group.objects.filter(Exists(on_list), brand=contact.brand_id, closed_at=None).exclude(pk__in=shut)
    found = list(mailing.order_by("name", "pk"))
    return Standing(
        is_shut=False,
        is_shut_here=group.pk in shut,
        groups=tuple(found[:SHOWN_STORES]),
        more=max(0, len(found) - SHOWN_STORES),
    )


def suppressions_for(group: Group, reader: User) -> QuerySet[Suppression]:
    """Gives the suppressions that concern a group and those below it.

    The brand's own group sees all of the brand, each address once for a group and a reason. Any other one sees what
    shuts an address to its own groups, and of what shuts it to the whole brand the people on lists that the reader may
    look into.
    """
    shown = Suppression.objects.filter(brand=group.brand_id).select_related("group", "contact", "added_by")
    if group.parent_id is None:
        return shown.exclude(_is_a_copy())
    below = GroupPath.objects.filter(ancestor=group).values("descendant")
    on_list = AudienceMember.objects.filter(
        access.open_members(reader, Permission.SEE_CONTACTS), contact=OuterRef("contact"), audience__group__in=below
    )
    return shown.filter(Q(group__in=below) | Q(group=None) & Q(Exists(on_list)))


def matching(suppressions: QuerySet[Suppression], wanted: Wanted, brand: Brand) -> QuerySet[Suppression]:
    """Narrows suppressions to what is asked for; where the brand keeps no addresses, a whole one is found."""
    if wanted.search:
        search = stored_address(brand, wanted.search) if "@" in wanted.search else wanted.search
        suppressions = suppressions.filter(address__icontains=search)
    if wanted.reason in SuppressionReason.values:
        suppressions = suppressions.filter(reason=wanted.reason)
    if wanted.origin in SuppressionOrigin.values:
        suppressions = suppressions.filter(origin=wanted.origin)
    return suppressions


def page_of(
    suppressions: QuerySet[Suppression], seen: QuerySet[Suppression], *, before: str = "", after: str = ""
) -> SuppressionPage:
    """Gives the newest, or those before or after one of `seen`, by its id; a page costs the same wherever it lies.

    Raises `Http404` for an id that is not among `seen`.
    """
    if after:
        start = _one(seen, after)
        later = suppressions.filter(
            Q(created_at__gt=start.created_at) | Q(created_at=start.created_at, pk__gt=start.pk)
        )
        found = list(later.order_by("created_at", "pk")[: PAGE_SIZE + 1])
        rows = found[:PAGE_SIZE][::-1]
        has_newer, has_older = len(found) > PAGE_SIZE, True
    else:
        earlier = suppressions
        if before:
            start = _one(seen, before)
            earlier = suppressions.filter(
                Q(created_at__lt=start.created_at) | Q(created_at=start.created_at, pk__lt=start.pk)
            )
        found = list(earlier.order_by("-created_at", "-pk")[: PAGE_SIZE + 1])
        rows = found[:PAGE_SIZE]
        has_newer, has_older = bool(before), len(found) > PAGE_SIZE
    return SuppressionPage(
        tuple(rows), rows[-1].pk if rows and has_older else None, rows[0].pk if rows and has_newer else None
    )


def in_turn(suppressions: QuerySet[Suppression], last: int) -> Iterator[list[Suppression]]:
    """Yields suppressions up to an id, so many at a time that memory is bounded."""
    rows = suppressions.filter(pk__lte=last).order_by("pk")
    found = list(rows[:CHUNK])
    while found:
        yield found
        found = list(rows.filter(pk__gt=found[-1].pk)[:CHUNK])


def told_by_braze(brand: Brand) -> tuple[Told, ...]:
    """Says of each list of Braze's whether the portal reads it."""
    workspace = Workspace.objects.filter(brand=brand).first()
    readings = {one.kind: one for one in Reading.objects.filter(workspace=workspace)} if workspace else {}
    told = []
    for kind in ReadingKind:
        reading = readings.get(kind)
        is_missing = workspace is None or workspace.check_result.get(PERMISSIONS[kind]) == MISSING
        told.append(
            Told(
                label=str(kind.label),
                is_missing=is_missing,
                is_read=not is_missing and reading is not None and reading.read_until is not None,
                read_at=reading.read_at if reading else None,
                problem=reading.problem if reading and not is_missing else "",
            )
        )
    return tuple(told)


def _is_a_copy() -> Q:
    """A condition on suppressions: an older one says the same of the same address."""
    older = Suppression.objects.filter(
        brand=OuterRef("brand"), address=OuterRef("address"), reason=OuterRef("reason"), pk__lt=OuterRef("pk")
    )
    of_brand, of_group = older.filter(group=None), older.filter(group=OuterRef("group"))
    return Q(group=None) & Q(Exists(of_brand)) | Q(group__isnull=False) & Q(Exists(of_group))


def _one(seen: QuerySet[Suppression], cursor: str) -> Suppression:
    is_id = cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18
    found = seen.filter(pk=int(cursor)).first() if is_id else None
    if found is None:
        raise Http404
    return found
