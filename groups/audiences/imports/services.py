"""Taking a file in: storing it, saying what its columns mean, letting it go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import cleaning, nudges
from groups.audiences.imports import matching, reading
from groups.audiences.services import new_list, short
from groups.errors import InputRefused, StaleState
from groups.models import Attribute, Audience, AudienceKind, ContactImport, Group, ImportState, User
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


def import_limits() -> reading.Limits:
    """Gives the limits of uploaded files."""
    return reading.Limits(settings.IMPORT_MAX_BYTES, settings.IMPORT_MAX_CELL_CHARACTERS)


def table_of(contact_import: ContactImport) -> reading.TableFormat:
    """Gives how the stored file of an import is read."""
    return reading.TableFormat(
        contact_import.encoding, contact_import.delimiter, tuple(str(header) for header in contact_import.headers)
    )


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
