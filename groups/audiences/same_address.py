"""Whoever has the address of somebody who must not be mailed is not mailed either."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from groups.erasing.kept_out import keep_out
from groups.models import Brand, Contact, Suppression


def suppress_same_addresses(brand: Brand, contacts: Iterable[Contact]) -> None:
    """Copies the suppressions of an address to the contacts that have just been given it.

    An address is shut by somebody who unsubscribed with it, whoever has it now, by somebody who unsubscribed and has it
    now, and by somebody who was erased. The copies make a contact stay unsubscribed when a later file gives it yet
    another address. To be called inside a transaction, after the contacts are stored.
    """
    by_email: dict[str, list[Contact]] = {}
    for contact in contacts:
        by_email.setdefault(contact.email, []).append(contact)
    if not by_email:
        return
    holders = dict(Contact.objects.filter(brand=brand, email__in=by_email).values_list("pk", "email"))
    found = Suppression.objects.filter(Q(brand=brand, address__in=by_email) | Q(contact__in=holders))
    copies = {
        (contact.pk, other.group_id, email, other.reason): Suppression(
            contact=contact,
            brand=brand,
            address=email,
            group_id=other.group_id,
            reason=other.reason,
            origin=other.origin,
            source="same address",
        )
        for other in found
        for email in by_email.keys() & {other.address, holders.get(other.contact_id, "") if other.contact_id else ""}
        for contact in by_email[email]
        if contact.pk != other.contact_id
    }
    Suppression.objects.bulk_create(copies.values(), ignore_conflicts=True)
    keep_out(brand, [contact for same in by_email.values() for contact in same])
