"""Whoever has the address of somebody who must not be mailed is not mailed either."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from groups.erasing.kept_out import keep_out
from groups.models import Brand, Contact, Suppression


def suppress_same_addresses(brand: Brand, contacts: Iterable[Contact]) -> set[UUID]:
    """Copies the suppressions of an address to the contacts that have just been given it; gives whom it shuts so.

    An address is shut by somebody who unsubscribed with it, whoever has it now, by somebody who unsubscribed and has it
    now, and by somebody who was erased. The copies make a contact stay unsubscribed when a later file gives it yet
    another address. However an address is spelled, suppressions have it in lower case. To be called inside a
    transaction, after the contacts are stored.
    """
    by_address: dict[str, list[Contact]] = {}
    for contact in contacts:
        by_address.setdefault(contact.email.lower(), []).append(contact)
    if not by_address:
        return set()
    spellings = {contact.email for same in by_address.values() for contact in same} | by_address.keys()
    people = Contact.objects.filter(brand=brand, email__in=spellings).values_list("pk", "email")
    holders = {pk: email.lower() for pk, email in people}
    found = Suppression.objects.filter(Q(brand=brand, address__in=spellings) | Q(contact__in=holders))
    copies = {
        (contact.pk, other.group_id, address, other.reason): Suppression(
            contact=contact,
            brand=brand,
            address=address,
            group_id=other.group_id,
            reason=other.reason,
            origin=other.origin,
            source="same address",
        )
        for other in found
        for address in by_address.keys()
        & {other.address.lower(), holders.get(other.contact_id, "") if other.contact_id else ""}
        for contact in by_address[address]
        if contact.pk != other.contact_id
    }
    Suppression.objects.bulk_create(copies.values(), ignore_conflicts=True)
    keep_out(brand, [contact for same in by_address.values() for contact in same])
    return {contact_id for contact_id, *_key in copies}
