"""Changing audiences: lists that are uploaded, segments that are assigned, people who are taken off."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import cleaning, matching, nudges, reading
from groups.audiences.marking import mark_pending as mark_pending
from groups.audiences.marking import resync as resync
from groups.audiences.rejects import CellRefused
from groups.consent.leaving import unsubscribe as unsubscribe
from groups.errors import InputRefused, StaleState
from groups.models import (
    Attribute,
    Audience,
    AudienceKind,
    AudienceMember,
    BrazeSegment,
    Contact,
    ContactImport,
    Group,
    ImportState,
    User,
)
from groups.tree.rules import demand_open


def start_import(
    *,
    group: Group,
    actor: User,
    file: File[bytes],
    file_name: str,
    name: str = "",
    audience: Audience | None = None,
    consent_source: str = "",
) -> ContactImport:
    """Stores an uploaded file for a new list called `name`, or for a list of the group, and matches its columns.

    Nothing is imported before `confirm_mapping`. `consent_source` says for the rows that bring no word of it where the
    people agreed to get mail. Raises `FileUnreadable` for a file that is no such table, `InputRefused` for a name that
    is empty or taken, for an audience that is no list of the group, and for a group that is closed.
    """
    demand_open(group)
    if audience is not None and (audience.group_id != group.pk or audience.kind != AudienceKind.LIST):
        raise InputRefused(_("Contacts can be added to the lists of this group only."))
    table = reading.detect(cast("BinaryIO", file), import_limits())
    found = matching.match(table.headers, tuple(Attribute.objects.filter(brand=group.brand)))
    consent_source = short(consent_source, _("the consent source"))
    with transaction.atomic():
        audience = audience or new_list(group=group, name=name, actor=actor)
        contact_import = ContactImport(
            audience=audience,
            uploaded_by=actor,
            file_name=cleaning.shown_text(file_name)[:255],
            encoding=table.encoding,
            delimiter=table.delimiter,
            headers=list(table.headers),
            mapping={str(position): target for position, target in found.mapping.items()},
            consent_source=consent_source,
        )
        contact_import.file.save(f"{contact_import.pk}.csv", file, save=False)
        contact_import.save()
        audit.record("import.uploaded", actor=actor, target=contact_import, group=group, audience=str(audience.pk))
    return contact_import


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


def confirm_mapping(*, contact_import: ContactImport, mapping: Mapping[int, str], actor: User) -> ContactImport:
    """Takes the meaning of each column (position from 0 to target) and hands the file to the worker.

    Raises `InputRefused` for a target that the brand does not allow or that is given twice, without a column of email
    addresses, and without one of IDs where the brand does not let the portal make them up; `StaleState` when the import
    has begun already.
    """
    group = contact_import.audience.group
    allowed = matching.targets(Attribute.objects.filter(brand=group.brand))
    _check_mapping(mapping, allowed, len(contact_import.headers), group)
    with transaction.atomic():
        moved = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.MAPPING).update(
            state=ImportState.WAITING, mapping={str(position): target for position, target in mapping.items()}
        )
        if not moved:
            raise StaleState
        audit.record(
            "import.confirmed", actor=actor, target=contact_import, group=group, columns=", ".join(mapping.values())
        )
        nudges.run_import(contact_import.pk)
    contact_import.refresh_from_db()
    return contact_import


def retry_import(*, contact_import: ContactImport, actor: User) -> None:
    """Lets a failed import go on where it stopped; raises `StaleState` when it has not failed."""
    with transaction.atomic():
        moved = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.FAILED).update(
            state=ImportState.WAITING, failure="", lease_until=None
        )
        if not moved:
            raise StaleState
        group = contact_import.audience.group
        audit.record("import.retried", actor=actor, target=contact_import, group=group)
        nudges.run_import(contact_import.pk)


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


def assign_segment(*, group: Group, segment_id: str, name: str, actor: User, is_tracked: bool = True) -> Audience:
    """Lets a group send to a Braze segment, under a name; `is_tracked` tells whether Braze counts it day by day.

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
            segment, _is_new = BrazeSegment.objects.update_or_create(
                brand=group.brand,
                segment_id=audience.segment_id,
                defaults={"name": name, "is_tracked": is_tracked},
            )
            nudges.read_segment(segment.pk)
    except IntegrityError as error:
        raise InputRefused(_("The group has an audience called %(name)s already.") % {"name": name}) from error
    return audience


def know_segment(*, audience: Audience) -> BrazeSegment:
    """Gives what is kept of the segment of an audience, from now on where nothing was."""
    segment, _is_new = BrazeSegment.objects.get_or_create(
        brand=audience.group.brand, segment_id=audience.segment_id, defaults={"name": audience.name}
    )
    return segment


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


def import_limits() -> reading.Limits:
    """Gives the limits of uploaded files."""
    return reading.Limits(settings.IMPORT_MAX_BYTES, settings.IMPORT_MAX_CELL_CHARACTERS)


def table_of(contact_import: ContactImport) -> reading.TableFormat:
    """Gives how the stored file of an import is read."""
    return reading.TableFormat(
        contact_import.encoding, contact_import.delimiter, tuple(str(header) for header in contact_import.headers)
    )


def short(value: str, what: str) -> str:
    """Gives a text of at most 120 characters; raises `InputRefused`, naming what it is."""
    try:
        return cleaning.short_text(value, cleaning.SHORT_CHARACTERS)
    except CellRefused as error:
        raise InputRefused(
            _("%(what)s takes at most %(limit)s characters that can be shown.")
            % {"what": what[:1].upper() + what[1:], "limit": cleaning.SHORT_CHARACTERS}
        ) from error


def _check_mapping(mapping: Mapping[int, str], allowed: Collection[str], columns: int, group: Group) -> None:
    chosen = list(mapping.values())
    if any(target not in allowed for target in chosen) or any(not 0 <= position < columns for position in mapping):
        raise InputRefused(_("A column was given a meaning that this brand does not allow."))
    if len(set(chosen)) != len(chosen):
        raise InputRefused(_("Two columns have the same meaning. Leave one of them out."))
    if matching.EMAIL not in chosen:
        raise InputRefused(_("Say which column holds the email addresses."))
    if matching.EXTERNAL_ID not in chosen and not group.brand.derives_external_ids:
        raise InputRefused(
            _(
                "Say which column holds the IDs by which Braze knows these people (external ID). A file without them "
                "cannot be imported, because Braze would hold each person twice. Ask head office for a file with IDs."
            )
        )
