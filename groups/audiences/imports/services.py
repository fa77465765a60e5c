"""Taking a file in: storing it, saying what its columns mean, trying it, letting it begin or go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import BinaryIO, Final, cast

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import cleaning, nudges
from groups.audiences.imports import finishing, limits, matching, reading
from groups.audiences.imports.columns import CONSENT_TEXT_CHARACTERS, Consent
from groups.audiences.imports.rejecting import is_ours
from groups.audiences.imports.remembering import remember, remembered_by
from groups.audiences.imports.tables import Limits, TableFormat
from groups.audiences.rejects import CellRefused
from groups.audiences.services import new_list, short
from groups.errors import InputRefused, StaleState
from groups.keeping.standing import demand_settled
from groups.models import Attribute, Audience, AudienceKind, ContactImport, Group, ImportMode, ImportState, User
from groups.tree.rules import demand_open

STATEMENT: Final = "These people have agreed to get marketing mail from this brand, and we can show it."
"""What the uploader states, as it stands in the audit trail."""


def start_import(
    *,
    group: Group,
    actor: User,
    file: File[bytes],
    file_name: str,
    name: str = "",
    audience: Audience | None = None,
    mode: ImportMode = ImportMode.ADD,
    consent_source: str = "",
    consent_on: date | None = None,
    consent_text: str = "",
    is_stated: bool = False,
) -> ContactImport:
    """Stores an uploaded file for a new list called `name`, or for a list of the group, and matches its columns.

    Nothing is imported before `confirm_mapping`. `consent_source`, `consent_on` and `consent_text` say for the rows
    that bring no word of it where, when and to which words the people agreed; `is_stated` that the uploader has stated
    that they did. Raises `FileUnreadable` for a file that is no such table, `InputRefused` for a name that is empty or
    taken, for an audience that is no list of the group, and for a group that is closed.
    """
    demand_open(group)
    if audience is not None and (audience.group_id != group.pk or audience.kind != AudienceKind.LIST):
        raise InputRefused(_("Contacts can be added to the lists of this group only."))
    if mode == ImportMode.REPLACE and audience is None:
        raise InputRefused(_("Choose the list that the file replaces."))
    table = reading.detect(cast("BinaryIO", file), import_limits())
    attributes = tuple(Attribute.objects.filter(brand=group.brand))
    # Columns that we put into a reject file mean nothing when it comes back.
    headers = ["" if is_ours(header, table.headers) else header for header in table.headers]
    found = matching.match(headers, attributes, remembered_by(group))
    consent = checked_consent(source=consent_source, on=consent_on, text=consent_text)
    with transaction.atomic():
        demand_settled(group.brand)
        audience = audience or new_list(group=group, name=name, actor=actor)
        contact_import = ContactImport(
            audience=audience,
            uploaded_by=actor,
            file_name=cleaning.shown_text(file_name)[:255],
            encoding=table.encoding,
            delimiter=table.delimiter,
            sheet=table.sheet,
            headers=list(table.headers),
            mapping={str(position): target for position, target in found.mapping.items()},
            mode=mode,
            consent_source=consent.source,
            consent_on=consent_on,
            consent_text=consent.text,
            stated_at=timezone.now() if is_stated else None,
        )
        contact_import.file.save(f"{contact_import.pk}.{'csv' if table.delimiter else 'xlsx'}", file, save=False)
        contact_import.save()
        audit.record("import.uploaded", actor=actor, target=contact_import, group=group, audience=str(audience.pk))
        if is_stated:
            audit.record("import.consent_stated", actor=actor, target=contact_import, group=group, statement=STATEMENT)
    return contact_import


def confirm_mapping(
    *,
    contact_import: ContactImport,
    mapping: Mapping[int, str],
    actor: User,
    consent: Consent | None = None,
    is_trial: bool = False,
) -> ContactImport:
    """Takes the meaning of each column (position from 0 to target) and hands the file to the worker.

    `consent` replaces what was said of consent with the upload. With `is_trial`, and always for a file that replaces
    its list, the worker tries the file only, and `begin` lets it in. Raises `InputRefused` for a target that the brand
    does not allow or that is given twice, without a column of email addresses, without one of IDs where the brand does
    not let the portal make them up, and where neither a column nor the upload says where, when and to which words the
    people agreed; `StaleState` when the import has begun already.
    """
    _demand_list(contact_import)
    group = contact_import.audience.group
    allowed = matching.targets(Attribute.objects.filter(brand=group.brand))
    _check_mapping(mapping, allowed, len(contact_import.headers), group)
    given = consent or Consent(
        contact_import.consent_source,
        contact_import.consent_on.isoformat() if contact_import.consent_on else "",
        contact_import.consent_text,
    )
    if contact_import.stated_at is not None:
        demand_consent(mapping.values(), given)
    is_tried = is_trial or contact_import.mode == ImportMode.REPLACE
    with transaction.atomic():
        demand_settled(group.brand)
        moved = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.MAPPING).update(
            state=ImportState.CHECKING if is_tried else ImportState.WAITING,
            mapping={str(position): target for position, target in mapping.items()},
            lease_until=None,
            **_kept(consent),
        )
        if not moved:
            raise StaleState
        remember(group, contact_import.headers, mapping)
        audit.record(
            "import.confirmed",
            actor=actor,
            target=contact_import,
            group=group,
            columns=", ".join(mapping.values()),
            consent_source=given.source,
            consent_on=given.on,
            consent_text=given.text,
        )
        nudges.run_import(contact_import.pk)
    contact_import.refresh_from_db()
    return contact_import


def begin(*, contact_import: ContactImport, actor: User, is_confirmed: bool = False) -> None:
    """Lets a file in that was tried.

    Raises `InputRefused` where it is large, or takes most people off the list that it replaces, and the uploader has
    not confirmed that; `StaleState` where it does not wait for this.
    """
    _demand_list(contact_import)
    is_large = limits.is_large(contact_import)
    was_asked = is_large or limits.drops_much(contact_import)
    if was_asked and not is_confirmed:
        raise InputRefused(_("Confirm that this is what you want. Nothing has been imported yet."))
    with transaction.atomic():
        demand_settled(contact_import.audience.group.brand)
        moved = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.CHECKED).update(
            state=ImportState.WAITING,
            is_confirmed=True,
            rows_done=0,
            rows_new=0,
            rows_updated=0,
            rows_unchanged=0,
            rows_rejected=0,
            rows_suppressed=0,
            rows_joining=0,
            rows_leaving=0,
            lease_until=None,
        )
        if not moved:
            raise StaleState
        contact_import.rejects.all().delete()
        group = contact_import.audience.group
        audit.record("import.begun", actor=actor, target=contact_import, group=group, was_asked=was_asked)
        if is_large:
            finishing.tell_above(contact_import)
        nudges.run_import(contact_import.pk)


def needs_word(contact_import: ContactImport) -> bool:
    """Tells whether an import that was tried begins only with its uploader's explicit word."""
    return limits.is_large(contact_import) or limits.drops_much(contact_import)


def _demand_list(contact_import: ContactImport) -> None:
    """Raises `InputRefused` where the list was deleted since its file was uploaded."""
    if not Audience.objects.filter(pk=contact_import.audience_id).exists():
        raise InputRefused(_("The list was deleted in the meantime. Upload the file for another one."))


def change_columns(*, contact_import: ContactImport, actor: User) -> None:
    """Takes a file that was tried back to its columns; raises `StaleState` where it was not tried or has begun."""
    with transaction.atomic():
        moved = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.CHECKED).update(
            state=ImportState.MAPPING, rows_done=0
        )
        if not moved:
            raise StaleState
        audit.record("import.reopened", actor=actor, target=contact_import, group=contact_import.audience.group)


def retry_import(*, contact_import: ContactImport, actor: User) -> None:
    """Lets a failed import go on where it stopped; raises `StaleState` when it has not failed.

    A list is replaced only by a file that was tried to its end, so that one is tried anew. Raises `InputRefused` where
    the file is gone.
    """
    _demand_list(contact_import)
    if not contact_import.file:
        raise InputRefused(_("The uploaded file is gone. Upload it again."))
    is_tried = contact_import.mode == ImportMode.REPLACE and not contact_import.is_confirmed
    with transaction.atomic():
        demand_settled(contact_import.audience.group.brand)
        moved = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.FAILED).update(
            state=ImportState.CHECKING if is_tried else ImportState.WAITING, failure="", lease_until=None
        )
        if not moved:
            raise StaleState
        group = contact_import.audience.group
        audit.record("import.retried", actor=actor, target=contact_import, group=group)
        nudges.run_import(contact_import.pk)


def import_limits() -> Limits:
    """Gives the limits of uploaded files."""
    return Limits(settings.IMPORT_MAX_BYTES, settings.IMPORT_MAX_CELL_CHARACTERS)


def table_of(contact_import: ContactImport) -> TableFormat:
    """Gives how the stored file of an import is read."""
    return TableFormat(
        contact_import.encoding, contact_import.delimiter, tuple(contact_import.headers), contact_import.sheet
    )


def checked_consent(*, source: str, on: date | None, text: str) -> Consent:
    """Gives what was typed of consent; raises `InputRefused` for what cannot be kept."""
    try:
        words = cleaning.short_text(text, CONSENT_TEXT_CHARACTERS)
    except CellRefused as error:
        raise InputRefused(
            _("The words of consent take at most %(limit)s characters that can be shown.")
            % {"limit": CONSENT_TEXT_CHARACTERS}
        ) from error
    return Consent(short(source, _("the consent source")), on.isoformat() if on else "", words)


def _kept(consent: Consent | None) -> dict[str, str | date | None]:
    if consent is None:
        return {}
    on = date.fromisoformat(consent.on) if consent.on else None
    return {"consent_source": consent.source, "consent_on": on, "consent_text": consent.text}


def demand_consent(targets: Collection[str], consent: Consent) -> None:
    """Raises `InputRefused` where neither a column nor the upload says where, when and how people agreed."""
    given = zip(matching.CONSENTS, (consent.source, consent.on, consent.text), strict=True)
    if any(not value and target not in targets for target, value in given):
        raise InputRefused(
            _(
                "Say where and when these people agreed, and the words that they agreed to: by a column of the file, "
                "or once for all of them below."
            )
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
