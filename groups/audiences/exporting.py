"""The people of a list as a table, and the note in the audit trail that they were taken (catalogue A8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Count, Max
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from groups.audiences.queries import attributes_seen_by, reasons_by_contact
from groups.audit import record
from groups.errors import InputRefused
from groups.keeping.addresses import held_address
from groups.models import Attribute, Audience, AudienceKind, Contact, SuppressionReason, SyncState, User

CHUNK: Final = 1000


def export(*, audience: Audience, actor: User) -> Iterator[Iterable[object]]:
    """Notes who takes which list and how many are on it, then gives a head and a row for each person.

    The rows are those who were on the list when it was noted, less whom somebody takes off it while they are read.
    Raises `InputRefused` for an audience whose people only Braze knows.
    """
    if audience.kind != AudienceKind.LIST:
        raise InputRefused(
            _("Braze alone knows the people of this audience, so there is nothing to export here. Look there.")
        )
    with transaction.atomic():
        found = audience.members.aggregate(people=Count("pk"), last=Max("pk"))
        attributes = tuple(attributes_seen_by(audience.group))
        record(
            "audience.exported",
            actor=actor,
            target=audience,
            group=audience.group,
            people=found["people"],
            attributes=", ".join(attribute.name for attribute in attributes),
        )
    return _rows(audience, attributes, found["last"] or 0, translation.get_language() or "en")


def _rows(audience: Audience, attributes: Sequence[Attribute], last: int, language: str) -> Iterator[Iterable[object]]:
    """The response asks for rows when the request's language is over already."""
    with translation.override(language):
        head = _head(attributes)
    yield head
    for contacts in _in_turn(audience, last):
        with translation.override(language):
            reasons = reasons_by_contact((contact.pk for contact in contacts), audience.group)
            rows = [_row(contact, attributes, reasons.get(contact.pk)) for contact in contacts]
        yield from rows


def _in_turn(audience: Audience, last: int) -> Iterator[list[Contact]]:
    """Yields the people of a list, so many at a time that memory is bounded, by the index of list and contact.

    Contacts are read by their ids: for a join PostgreSQL may go through all contacts up to each piece.
    """
    members = audience.members.filter(pk__lte=last).order_by("contact_id").values_list("contact_id", flat=True)
    ids = list(members[:CHUNK])
    while ids:
        found = Contact.objects.defer("synced").in_bulk(ids)
        yield [found[pk] for pk in ids if pk in found]
        ids = list(members.filter(contact_id__gt=ids[-1])[:CHUNK])


def _head(attributes: Sequence[Attribute]) -> tuple[str, ...]:
    return (
        _("External ID"),
        _("Email address"),
        *(attribute.label for attribute in attributes),
        _("Consent source"),
        _("Consent date"),
        _("Mail to this person"),
        _("Why"),
    )


def _row(contact: Contact, attributes: Sequence[Attribute], reason: SuppressionReason | None) -> tuple[object, ...]:
    why = contact.get_sync_state_display() if contact.sync_state == SyncState.REFUSED else ""
    if reason is not None:
        why = str(reason.label)
    return (
        contact.external_id,
        held_address(contact),
        *(_written(contact.attributes.get(attribute.name)) for attribute in attributes),
        contact.consent_source,
        "" if contact.consent_on is None else contact.consent_on.isoformat(),
        _("Gets no mail") if why else _("May be mailed"),
        why,
    )


def _written(value: object) -> object:
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    return "" if value is None else value
