"""Reading audiences, contacts and imports."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, cast
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from groups.audiences import reading
from groups.audiences.rejects import RejectReason
from groups.audiences.services import import_limits, table_of
from groups.contacts.seeing import attributes_seen_in
from groups.models import (
    Attribute,
    Audience,
    AudienceKind,
    Contact,
    ContactImport,
    Group,
    ImportReject,
    ImportState,
    Suppression,
    SuppressionReason,
    SyncState,
    Workspace,
)

PREVIEW_ROWS = 5


@dataclass(frozen=True, slots=True)
class SyncCounts:
    """How many contacts of a list Braze has, how many wait, how many it refused."""

    synced: int
    pending: int
    refused: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.synced + self.pending + self.refused


def audiences_of(group: Group) -> QuerySet[Audience]:
    """Gives a group's audiences, each with `pending` and `refused`: its contacts that Braze does not have."""
    waiting = Q(members__contact__sync_state=SyncState.PENDING)
    refused = Q(members__contact__sync_state=SyncState.REFUSED)
    return (
        Audience.objects.filter(group=group)
        .annotate(pending=Count("members", filter=waiting), refused=Count("members", filter=refused))
        .order_by("name")
    )


def lists_of(group: Group) -> QuerySet[Audience]:
    """Gives the lists of a group, which contacts can be added to."""
    return Audience.objects.filter(group=group, kind=AudienceKind.LIST)


def attributes_seen_by(group: Group) -> QuerySet[Attribute]:
    """Gives the attributes of contacts that a group may see: those that its files brought, and the brand's merge tags.

    Merge tags are what the brand shares: every author may insert them, and sees their values in tests. The brand's own
    group sees all that the brand allows. Which group brought the value of one person is not known, only the attribute.
    """
    return attributes_seen_in(group.brand_id, [group])


def contacts_of(audience: Audience) -> QuerySet[Contact]:
    """Gives the contacts of a list by address, with `is_suppressed`; see `groups.contacts.searching` for a part."""
    contacts = Contact.objects.filter(audience_members__audience=audience).annotate(
        is_suppressed=suppressed_by(audience.group)
    )
    return contacts.order_by("email", "pk")


def suppressed_by(group: Group, reason: SuppressionReason | None = None) -> Exists:
    """Gives the condition on contacts that a group must not mail them, for one reason where one is named.

    Whoever unsubscribed is found by contact and by address: a file may have given either of them another partner.
    """
    found = _suppressions_of_outer_contact(group)
    return Exists(found if reason is None else found.filter(reason=reason))


def reasons_by_contact(contact_ids: Iterable[UUID], group: Group) -> dict[UUID, SuppressionReason]:
    """Gives why a group must not mail people, by contact; whom it may mail is missing.

    Where there are several reasons, the person's own wish stands before the others.
    """
    by_weight = Case(When(reason=SuppressionReason.UNSUBSCRIBED, then=Value(0)), default=Value(1))
    reasons = _suppressions_of_outer_contact(group).order_by(by_weight, "pk").values("reason")[:1]
    found = Contact.objects.filter(pk__in=list(contact_ids)).annotate(why=Subquery(reasons)).exclude(why=None)
    return {contact_id: SuppressionReason(why) for contact_id, why in found.order_by().values_list("pk", "why")}


def suppressions_of(contact: Contact, groups: QuerySet[Group]) -> QuerySet[Suppression]:
    """Gives what stops mail to a contact or to their address: for the whole brand, or for one of some groups."""
    somebody = Q(contact=contact) | Q(brand=contact.brand_id, address=contact.email.lower())
    found = Suppression.objects.filter(somebody, Q(group=None) | Q(group__in=groups))
    return found.select_related("group").order_by("created_at", "pk")


def excluded_codes(contacts: Collection[Contact]) -> dict[UUID, set[str | None]]:
    """Gives the codes of the groups that must not mail people, by contact; None stands for the whole brand.

    The rule is that of `suppressed_by`, for all groups at once.
    """
    by_address: dict[tuple[UUID, str], set[UUID]] = {}
    for contact in contacts:
        by_address.setdefault((contact.brand_id, contact.email.lower()), set()).add(contact.pk)
    own = Q(contact__in=[contact.pk for contact in contacts])
    of_address = Q(
        brand__in={brand_id for brand_id, _address in by_address},
        address__in={address for _brand, address in by_address},
    )
    found: dict[UUID, set[str | None]] = {contact.pk: set() for contact in contacts}
    for contact_id, brand_id, address, code in Suppression.objects.filter(own | of_address).values_list(
        "contact", "brand", "address", "group__code"
    ):
        for shut_out in by_address.get((brand_id, address), set()) | ({contact_id} & found.keys()):
            found[shut_out].add(code)
    return found


def sync_counts(audience: Audience) -> SyncCounts:
    """Counts the contacts of a list by what Braze has."""
    counts = dict(
        Contact.objects.filter(audience_members__audience=audience)
        .order_by()
        .values_list("sync_state")
        .annotate(count=Count("pk"))
    )
    return SyncCounts(
        counts.get(SyncState.SYNCED, 0), counts.get(SyncState.PENDING, 0), counts.get(SyncState.REFUSED, 0)
    )


def first_rows(contact_import: ContactImport) -> Sequence[Sequence[str]]:
    """Gives the first 5 rows of an uploaded file as they stand."""
    with contact_import.file.open("rb") as file:
        rows = reading.rows(cast("BinaryIO", file), table_of(contact_import), import_limits())
        return [row.cells for row in islice(rows, PREVIEW_ROWS)]


def imports_without_a_worker() -> Sequence[UUID]:
    """Gives the imports that wait, and those whose worker is gone."""
    lost = Q(state=ImportState.IMPORTING, lease_until__lt=timezone.now())
    return list(ContactImport.objects.filter(Q(state=ImportState.WAITING) | lost).values_list("pk", flat=True))


def workspaces_with_pending_contacts() -> Sequence[UUID]:
    """Gives the connected workspaces, not paused, with contacts that nobody is bringing to Braze."""
    now = timezone.now()
    free = Q(sync_lease_until=None) | Q(sync_lease_until__lt=now)
    waiting = Contact.objects.filter(free, brand=OuterRef("brand"), sync_state=SyncState.PENDING)
    return list(
        Workspace.objects.filter(Q(paused_until=None) | Q(paused_until__lt=now), Exists(waiting))
        .exclude(endpoint="")
        .values_list("pk", flat=True)
    )


def first_rejects(contact_import: ContactImport) -> Sequence[tuple[ImportReject, str]]:
    """Gives the first 20 rows that were not imported, each with its reason in words."""
    reasons = dict(RejectReason.choices)
    return [(reject, str(reasons.get(reject.reason, reject.reason))) for reject in contact_import.rejects.all()[:20]]


def _suppressions_of_outer_contact(group: Group) -> QuerySet[Suppression]:
    """Gives what stops a group's mail to the contact of the query around it."""
    somebody = Q(contact=OuterRef("pk")) | Q(brand=OuterRef("brand"), address=Lower(OuterRef("email")))
    return Suppression.objects.filter(Q(group=None) | Q(group=group), somebody)
