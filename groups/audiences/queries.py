"""Reading audiences and contacts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Lower
from django.utils import timezone

from groups import access
from groups.audiences.claiming import Waiting, shut_codes
from groups.contacts.seeing import attributes_seen_in
from groups.models import (
    Attribute,
    Audience,
    AudienceKind,
    Contact,
    Group,
    Suppression,
    SuppressionReason,
    SyncState,
    User,
    Workspace,
)
from groups.roles import Permission


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


def lists_for(group: Group, actor: User) -> QuerySet[Audience]:
    """Gives the lists of a group that a person may add contacts to; a private one only where they may look into it."""
    mine = access.groups_held(actor, Permission.MANAGE_CONTACTS)
    return lists_of(group).filter(Q(is_private=False) | Q(group__in=mine))


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


def excluded_codes(contacts: Collection[Contact] | Collection[Waiting]) -> dict[UUID, set[str | None]]:
    """Gives the codes of the groups that must not mail people, by contact; None stands for the whole brand.

    The rule is that of `suppressed_by`, for all groups at once.
    """
    by_address: dict[tuple[UUID, str], set[UUID]] = {}
    for contact in contacts:
        by_address.setdefault((contact.brand_id, contact.email.lower()), set()).add(contact.pk)
    found: dict[UUID, set[str | None]] = {contact.pk: set() for contact in contacts}
    brands, addresses = zip(*by_address, strict=True) if by_address else ((), ())
    for contact_id, brand_id, address, code in shut_codes(found, set(brands), set(addresses)):
        known = {contact_id} & found.keys() if contact_id is not None else set()
        for shut_out in by_address.get((brand_id, address), set()) | known:
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


def _suppressions_of_outer_contact(group: Group) -> QuerySet[Suppression]:
    """Gives what stops a group's mail to the contact of the query around it."""
    somebody = Q(contact=OuterRef("pk")) | Q(brand=OuterRef("brand"), address=Lower(OuterRef("email")))
    return Suppression.objects.filter(Q(group=None) | Q(group=group), somebody)
