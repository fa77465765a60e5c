"""Writing a chunk of people: new contacts, changed ones, their place on the list, and who of them gets no mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from groups.audiences.cleaning import Value
from groups.models import Audience, AudienceMember, Brand, Contact, Suppression, SyncState


@dataclass(frozen=True, slots=True)
class Person:
    """What one row says of a person; an attribute that its row leaves empty keeps the value that it had."""

    external_id: str
    email: str
    attributes: Mapping[str, Value]
    consent_source: str
    consent_on: date | None


def write(audience: Audience, people: Sequence[Person]) -> Counter[str]:
    """Adds and updates people by external ID and puts them on a list; a later row of the same person updates.

    Counts each row once as `new`, `updated` or `unchanged`, and the rows of people who get no mail as `suppressed`.
    Writes a contact only where something changed. Whoever has the address of somebody who unsubscribed is unsubscribed
    as well. To be called inside a transaction.
    """
    counts: Counter[str] = Counter()
    brand = audience.group.brand
    known = {
        contact.external_id: contact
        for contact in Contact.objects.select_for_update()
        .filter(brand=brand, external_id__in={person.external_id for person in people})
        .order_by("pk")
    }
    new: dict[str, Contact] = {}
    changed: dict[str, Contact] = {}
    addressed: set[str] = set()
    for person in people:
        contact = known.get(person.external_id)
        if contact is None:
            contact = Contact(brand=brand, external_id=person.external_id, email=person.email)
            known[person.external_id] = new[person.external_id] = contact
            _apply(contact, person)
            addressed.add(person.external_id)
            counts["new"] += 1
            continue
        email_before = contact.email
        if _apply(contact, person):
            if person.external_id not in new:
                changed[person.external_id] = contact
            if contact.email != email_before:
                addressed.add(person.external_id)
            counts["updated"] += 1
        else:
            counts["unchanged"] += 1
    Contact.objects.bulk_create(new.values())
    _save(changed.values())
    _put_on_list(audience, known.values())
    _suppress_same_addresses(brand, [known[external_id] for external_id in addressed])
    silent = _suppressed(audience, known.values())
    counts["suppressed"] = sum(known[person.external_id].pk in silent for person in people)
    return counts


def _apply(contact: Contact, person: Person) -> bool:
    """Puts what a row says onto a contact, and tells whether that changed anything."""
    attributes = {**contact.attributes, **person.attributes}
    source = person.consent_source or contact.consent_source
    given_on = person.consent_on or contact.consent_on
    before = (contact.email, contact.attributes, contact.consent_source, contact.consent_on)
    contact.email, contact.attributes, contact.consent_source, contact.consent_on = (
        person.email,
        attributes,
        source,
        given_on,
    )
    return before != (person.email, attributes, source, given_on)


def _save(changed: Iterable[Contact]) -> None:
    contacts = list(changed)
    if contacts:
        Contact.objects.bulk_update(contacts, ["email", "attributes", "consent_source", "consent_on"])
        _mark(contact.pk for contact in contacts)


def _put_on_list(audience: Audience, contacts: Iterable[Contact]) -> None:
    ids = {contact.pk for contact in contacts}
    on_it = set(AudienceMember.objects.filter(audience=audience, contact__in=ids).values_list("contact", flat=True))
    added = ids - on_it
    AudienceMember.objects.bulk_create([AudienceMember(audience=audience, contact_id=pk) for pk in sorted(added)])
    Audience.objects.filter(pk=audience.pk).update(size=F("size") + len(added), updated_at=timezone.now())
    _mark(added)


def _suppress_same_addresses(brand: Brand, contacts: Sequence[Contact]) -> None:
    """Copies suppressions from others with the same address, so that a new ID is no way around an unsubscribe."""
    by_email: dict[str, list[Contact]] = {}
    for contact in contacts:
        by_email.setdefault(contact.email, []).append(contact)
    found = Suppression.objects.filter(contact__brand=brand, contact__email__in=by_email).select_related("contact")
    copies = {
        (contact.pk, other.group_id): Suppression(
            contact=contact, group_id=other.group_id, reason=other.reason, source="same address"
        )
        for other in found
        for contact in by_email[other.contact.email]
        if contact.pk != other.contact_id
    }
    Suppression.objects.bulk_create(copies.values(), ignore_conflicts=True)


def _suppressed(audience: Audience, contacts: Iterable[Contact]) -> set[UUID]:
    here = Q(group=None) | Q(group=audience.group_id)
    ids = [contact.pk for contact in contacts]
    return set(Suppression.objects.filter(here, contact__in=ids).values_list("contact", flat=True))


def _mark(contact_ids: Iterable[UUID]) -> None:
    """Marks contacts as changed; the import's end nudges the sync once for all of them."""
    Contact.objects.filter(pk__in=list(contact_ids)).update(
        sync_state=SyncState.PENDING, sync_error="", sync_revision=F("sync_revision") + 1, updated_at=timezone.now()
    )
