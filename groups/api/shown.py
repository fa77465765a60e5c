"""From rows to the bodies of the API."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from groups.api.schemas import AudienceOut, ColumnOut, ContactOut, GroupOut, ImportOut, Named
from groups.audiences.imports.services import needs_word
from groups.contacts.seeing import attributes_seen_of
from groups.keeping.addresses import held_address
from groups.models import Audience, AudienceKind, Contact, ContactImport, Group, ImportState, User
from groups.roles import Permission


def named(thing: Group | User) -> Named:
    """Gives the ID and the name of a thing."""
    return Named(id=thing.pk, name=thing.name)


def group_out(group: Group, may: Collection[Permission]) -> GroupOut:
    """Gives a group with what may be done in it."""
    return GroupOut(
        id=group.pk,
        parent_id=group.parent_id,
        code=group.code,
        name=group.name,
        kind=group.kind,
        language=group.language,
        time_zone=group.time_zone,
        closed_at=group.closed_at,
        may=[permission.value for permission in Permission if permission in may],
    )


def audience_out(audience: Audience) -> AudienceOut:
    """Gives an audience."""
    return AudienceOut(
        id=audience.pk,
        group_id=audience.group_id,
        name=audience.name,
        kind=audience.kind,
        size=audience.size if audience.kind == AudienceKind.LIST else None,
        is_private=audience.is_private,
        created_at=audience.created_at,
    )


def contact_out(contact: Contact, reader: User) -> ContactOut:
    """Gives a contact with the attributes that somebody sees."""
    seen = attributes_seen_of(contact, reader, Permission.SEE_CONTACTS)
    return contact_with(contact, seen.values_list("name", flat=True))


def contact_with(contact: Contact, names: Iterable[str]) -> ContactOut:
    """Gives a contact with some of their attributes."""
    return ContactOut(
        id=contact.pk,
        external_id=contact.external_id,
        email=held_address(contact),
        attributes={name: contact.attributes[name] for name in names if contact.attributes.get(name) is not None},
        consent_source=contact.consent_source,
        consent_on=contact.consent_on,
        sync_state=contact.sync_state,
    )


def import_out(contact_import: ContactImport) -> ImportOut:
    """Gives an import with its columns."""
    is_checked = contact_import.state == ImportState.CHECKED
    counts = ("total", "done", "new", "updated", "unchanged", "rejected", "suppressed")
    return ImportOut(
        id=contact_import.pk,
        audience_id=contact_import.audience_id,
        file_name=contact_import.file_name,
        mode=contact_import.mode,
        state=contact_import.state,
        failure=contact_import.failure,
        columns=[
            ColumnOut(position=position, header=header, target=contact_import.mapping.get(str(position), ""))
            for position, header in enumerate(contact_import.headers)
        ],
        needs_confirmation=is_checked and needs_word(contact_import),
        created_at=contact_import.created_at,
        finished_at=contact_import.finished_at,
        **{f"rows_{name}": getattr(contact_import, f"rows_{name}") for name in counts},
    )
