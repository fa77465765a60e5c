"""Writing a chunk of people: new contacts, changed ones, their place on the list, and who of them gets no mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from groups import access
from groups.audiences.cleaning import Value
from groups.audiences.queries import suppressed_by
from groups.models import Audience, AudienceMember, Brand, Contact, Suppression, SyncState, User
from groups.roles import Permission


@dataclass(frozen=True, slots=True)
class Person:
    """What one row says of a person; an attribute that its row leaves empty keeps the value that it had."""

    external_id: str
    email: str
    attributes: Mapping[str, Value]
    consent_source: str
    consent_on: date | None


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a chunk: rows by outcome, and the places of the rows that were refused, from 0."""

    counts: Counter[str]
    refused: tuple[int, ...]


def write(audience: Audience, people: Sequence[Person], *, actor: User) -> Written:
    """Adds and updates people by external ID and puts them on a list; a later row of the same person updates.

    Counts each row that is taken once as `new`, `updated` or `unchanged`, and the rows of people who get no mail as
    `suppressed`. Writes a contact only where something changed. Whom none of the actor's groups has is never changed:
    a row with their address puts them on the list, one with another address is refused. Whoever has the address of
    somebody who unsubscribed is unsubscribed as well. To be called inside a transaction.
    """
    counts: Counter[str] = Counter()
    brand = audience.group.brand
    known = {
        contact.external_id: contact
        for contact in Contact.objects.select_for_update()
        .filter(brand=brand, external_id__in={person.external_id for person in people})
        .order_by("pk")
    }
    changeable = _changeable(actor, brand, [contact.pk for contact in known.values()])
    new: dict[str, Contact] = {}
    changed: dict[str, Contact] = {}
    addressed: dict[UUID, Contact] = {}
    taken: list[Contact] = []
    refused: list[int] = []
    for position, person in enumerate(people):
        contact = known.get(person.external_id)
        if contact is None:
            contact = Contact(brand=brand, external_id=person.external_id, email=person.email)
            known[person.external_id] = new[person.external_id] = addressed[contact.pk] = contact
            changeable.add(contact.pk)
            _apply(contact, person)
            counts["new"] += 1
        elif contact.pk not in changeable:
            if contact.email != person.email:
                refused.append(position)
                continue
            counts["unchanged"] += 1
        else:
            email_before = contact.email
            if _apply(contact, person):
                if person.external_id not in new:
                    changed[person.external_id] = contact
                if contact.email != email_before:
                    addressed[contact.pk] = contact
                counts["updated"] += 1
            else:
                counts["unchanged"] += 1
        taken.append(contact)
    Contact.objects.bulk_create(new.values())
    _save(changed.values())
    _put_on_list(audience, taken)
    _suppress_same_addresses(brand, addressed.values())
    silent = _suppressed(audience, taken)
    counts["suppressed"] = sum(contact.pk in silent for contact in taken)
    return Written(counts, tuple(refused))


def _changeable(actor: User, brand: Brand, contact_ids: Collection[UUID]) -> set[UUID]:
    """Gives whom of some contacts a person may change: those on a list of a group where they manage contacts.

    Whoever manages the contacts of the brand's own group may change everybody, also who is on no list at all.
    """
    groups = access.groups_with(actor, Permission.MANAGE_CONTACTS).filter(brand=brand)
    if groups.filter(parent=None).exists():
        return set(contact_ids)
    theirs = AudienceMember.objects.filter(contact__in=contact_ids, audience__group__in=groups)
    return set(theirs.values_list("contact", flat=True))


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


def _suppress_same_addresses(brand: Brand, contacts: Iterable[Contact]) -> None:
    """Copies the suppressions of an address to the contacts that have just been given it.

    An address is shut by somebody who unsubscribed with it, whoever has it now, and by somebody who unsubscribed and
    has it now. The copies make a contact stay unsubscribed when a later file gives it yet another address.
    """
    by_email: dict[str, list[Contact]] = {}
    for contact in contacts:
        by_email.setdefault(contact.email, []).append(contact)
    holders = dict(Contact.objects.filter(brand=brand, email__in=by_email).values_list("pk", "email"))
    found = Suppression.objects.filter(Q(brand=brand, address__in=by_email) | Q(contact__in=holders))
    copies = {
        (contact.pk, other.group_id, email): Suppression(
            contact=contact,
            brand=brand,
            address=email,
            group_id=other.group_id,
            reason=other.reason,
            source="same address",
        )
        for other in found
        for email in by_email.keys() & {other.address, holders.get(other.contact_id, "")}
        for contact in by_email[email]
        if contact.pk != other.contact_id
    }
    Suppression.objects.bulk_create(copies.values(), ignore_conflicts=True)


def _suppressed(audience: Audience, contacts: Iterable[Contact]) -> set[UUID]:
    silent = Contact.objects.filter(suppressed_by(audience.group), pk__in={contact.pk for contact in contacts})
    return set(silent.values_list("pk", flat=True))


def _mark(contact_ids: Iterable[UUID]) -> None:
    """Marks contacts as changed; the import's end nudges the sync once for all of them."""
    Contact.objects.filter(pk__in=list(contact_ids)).update(
        sync_state=SyncState.PENDING, sync_error="", sync_revision=F("sync_revision") + 1, updated_at=timezone.now()
    )
