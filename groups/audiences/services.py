"""Changing audiences: lists that are added, segments that are assigned, people who are taken off or unsubscribe."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import cleaning, nudges
from groups.audiences.rejects import CellRefused
from groups.errors import InputRefused
from groups.models import (
    Audience,
    AudienceKind,
    AudienceMember,
    Brand,
    Contact,
    Group,
    Suppression,
    SuppressionReason,
    SyncState,
    User,
    Workspace,
)
from groups.tree.rules import demand_open


def new_list(*, group: Group, name: str, actor: User) -> Audience:
    """Adds an empty list to a group; raises `InputRefused` for a name that is empty, too long or taken."""
    name = short(name, _("the name of the list"))
    if not name:
        raise InputRefused(_("Give the list a name."))
    try:
        with transaction.atomic():
            audience = Audience.objects.create(group=group, name=name)
            audit.record("audience.added", actor=actor, target=audience, group=group)
    except IntegrityError as error:
        raise InputRefused(_("The group has an audience called %(name)s already.") % {"name": name}) from error
    return audience


def remove_contact(*, audience: Audience, contact: Contact, actor: User) -> None:
    """Takes a contact off a list and tells Braze; the contact itself stays. Raises `InputRefused` for a segment."""
    if audience.kind != AudienceKind.LIST:
        raise InputRefused(_("Braze keeps the people of a segment; they cannot be taken off here."))
    with transaction.atomic():
        removed, _rows = AudienceMember.objects.filter(audience=audience, contact=contact).delete()
        if removed:
            Audience.objects.filter(pk=audience.pk).update(size=F("size") - 1)
            audit.record(
                "audience.contact_removed", actor=actor, target=audience, group=audience.group, contact=str(contact.pk)
            )
            mark_pending([contact.pk])


def assign_segment(*, group: Group, segment_id: str, name: str, actor: User) -> Audience:
    """Lets a group send to a Braze segment, under a name.

    Raises `InputRefused` where the group has either already or is closed.
    """
    demand_open(group)
    name = short(name, _("the name of the segment"))
    if not name or not segment_id.strip() or len(segment_id) > 64 or not segment_id.isprintable():
        raise InputRefused(_("Choose a segment of Braze."))
    if Audience.objects.filter(group=group, segment_id=segment_id).exists():
        raise InputRefused(_("The group has this segment already."))
    try:
        with transaction.atomic():
            audience = Audience.objects.create(
                group=group, kind=AudienceKind.SEGMENT, segment_id=segment_id.strip(), name=name
            )
            audit.record("segment.assigned", actor=actor, target=audience, group=group, segment_id=segment_id)
    except IntegrityError as error:
        raise InputRefused(_("The group has an audience called %(name)s already.") % {"name": name}) from error
    return audience


def add_everybody(*, group: Group, actor: User) -> Audience:
    """Lets a group send to everybody whom Braze holds under its code, whether or not a file brought them here.

    Raises `InputRefused` where the group has that audience already or is closed.
    """
    demand_open(group)
    if Audience.objects.filter(group=group, kind=AudienceKind.EVERYBODY).exists():
        raise InputRefused(_("The group can send to everybody of it in Braze already."))
    name = _("Everybody of %(group)s in Braze") % {"group": group.name[:90]}
    try:
        with transaction.atomic():
            audience = Audience.objects.create(group=group, kind=AudienceKind.EVERYBODY, name=name)
            audit.record("audience.everybody_added", actor=actor, target=audience, group=group)
    except IntegrityError as error:
        raise InputRefused(_("The group has an audience called %(name)s already.") % {"name": name}) from error
    return audience


def unsubscribe(*, contact: Contact, group: Group | None, source: str) -> int:
    """Stops mail from a group, or from the whole brand, to everybody of the brand who has the contact's address.

    The address stays shut, whoever is given it later. Gives the number of contacts concerned; asking twice changes
    nothing more.
    """
    with transaction.atomic():
        same = list(Contact.objects.filter(brand=contact.brand_id, email=contact.email).values_list("pk", flat=True))
        added = 0
        for contact_id in same:
            _suppression, is_new = Suppression.objects.get_or_create(
                contact_id=contact_id,
                group=group,
                brand=contact.brand,
                address=contact.email.lower(),
                defaults={"reason": SuppressionReason.UNSUBSCRIBED, "source": source},
            )
            added += is_new
        if added:
            audit.record(
                "contact.unsubscribed",
                actor=None,
                target=contact,
                brand=contact.brand,
                group=group,
                is_brand_wide=group is None,
            )
            mark_pending(same)
    return len(same)


def mark_pending(contact_ids: Iterable[UUID]) -> int:
    """Marks contacts as changed since Braze last heard of them, and nudges the sync; to be called where they change."""
    ids = list(contact_ids)
    if not ids:
        return 0
    marked = Contact.objects.filter(pk__in=ids).update(
        sync_state=SyncState.PENDING, sync_error="", sync_revision=F("sync_revision") + 1, updated_at=timezone.now()
    )
    nudges.sync(Contact.objects.filter(pk=ids[0]).values_list("brand__workspace", flat=True).first())
    return marked


def resync(*, brand: Brand) -> int:
    """Forgets what Braze has of a brand's contacts, so that each is sent whole; for a workspace that is another one.

    Gives their number. Costs one data point for each attribute of each contact.
    """
    forgotten = Contact.objects.filter(brand=brand).update(
        sync_state=SyncState.PENDING,
        sync_error="",
        sync_revision=F("sync_revision") + 1,
        synced={},
        first_synced_at=None,
        synced_at=None,
    )
    nudges.sync(Workspace.objects.filter(brand=brand).values_list("pk", flat=True).first())
    return forgotten


def short(value: str, what: str) -> str:
    """Gives a text of at most 120 characters; raises `InputRefused`, naming what it is."""
    try:
        return cleaning.short_text(value, cleaning.SHORT_CHARACTERS)
    except CellRefused as error:
        raise InputRefused(
            _("%(what)s takes at most %(limit)s characters that can be shown.")
            % {"what": what[:1].upper() + what[1:], "limit": cleaning.SHORT_CHARACTERS}
        ) from error
