"""Asking for an erasure, and asking Braze again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, audit
from groups.audiences import cleaning
from groups.audiences.marking import mark_pending
from groups.audiences.rejects import CellRefused
from groups.audiences.services import short
from groups.erasing import nudges
from groups.erasing.hashing import address_digest, external_id_digest, key_of
from groups.erasing.holders import Leftover, holders
from groups.erasing.kept_out import ERASED
from groups.errors import InputRefused, NotPermitted, StaleState
from groups.keeping.addresses import held_address, stored_address
from groups.keeping.standing import demand_settled
from groups.models import (
    Brand,
    Contact,
    ErasedAddress,
    Erasure,
    ErasureState,
    Suppression,
    SuppressionReason,
    User,
)
from groups.roles import Permission


def ask(*, contact: Contact, actor: User, reference: str = "", address: str = "") -> Erasure:
    """Asks for the erasure of a contact; from this moment nobody of the brand mails their address.

    Everybody who has the same address is shut out as well. A worker does the rest. `reference` is the brand's own, such
    as the number of the request; `address` one by which the person was named. Raises `NotPermitted` without the right
    to manage contacts of the brand as a whole, because what goes belongs to every group; `StaleState` where it was
    asked for already.
    """
    if not access.brands_with(actor, Permission.MANAGE_CONTACTS).filter(pk=contact.brand_id).exists():
        raise NotPermitted(_("Only people who manage the contacts of the whole brand may erase somebody."))
    reference = short(cleaning.shown_text(reference), _("the reference"))
    with transaction.atomic():
        demand_settled(contact.brand)
        contact = Contact.objects.select_for_update(of=("self",)).select_related("brand").get(pk=contact.pk)
        if contact.erased_at is not None or Erasure.objects.filter(contact=contact).exists():
            raise StaleState(_("The erasure of this person was asked for already."))
        key, addresses = key_of(contact.brand), _addresses_of(contact) | {address} - {""}
        leftover = Leftover(
            external_id=contact.external_id,
            addresses=tuple(sorted(addresses)),
            told=tuple(sorted(contact.synced)),
            was_told=contact.first_synced_at is not None or contact.sync_lease_until is not None,
        )
        erasure = Erasure.objects.create(
            brand=contact.brand,
            contact=contact,
            asked_by=actor,
            reference=reference,
            external_id_digest=external_id_digest(key, contact.external_id),
            leftover=leftover.as_text(),
        )
        ErasedAddress.objects.bulk_create(
            # An address and what stands for it have one digest.
            ErasedAddress(erasure=erasure, brand=contact.brand, digest=digest)
            for digest in sorted({address_digest(key, address) for address in leftover.addresses})
        )
        _shut_out(contact)
        audit.record("erasure.asked", actor=actor, target=erasure, brand=contact.brand, contact=str(contact.pk))
        nudges.run(erasure.pk)
    return erasure


def ask_by_address(*, brand: Brand, address: str, actor: User, reference: str = "") -> list[Erasure]:
    """Asks for the erasure of everybody of a brand who has an address, also of those whose lists nobody above sees.

    Raises `InputRefused` for what is no address and where nobody has it, and what `ask` raises.
    """
    try:
        cleaned = cleaning.address(address)
    except CellRefused as refusal:
        raise InputRefused(_("This is no email address.")) from refusal
    with transaction.atomic():
        demand_settled(brand)
        known_as = stored_address(brand, cleaned)
        theirs = Contact.objects.filter(brand=brand, email=known_as, erased_at=None).filter(erasure=None)
        asked = [
            ask(contact=contact, actor=actor, reference=reference, address=cleaned) for contact in theirs.order_by("pk")
        ]
    if not asked:
        raise InputRefused(_("Nobody who is not erased already has this address."))
    return asked


def retry(*, erasure: Erasure, actor: User) -> None:
    """Tells Braze at once instead of at the next try; raises `StaleState` where nothing waits for that."""
    with transaction.atomic():
        waiting = Erasure.objects.filter(pk=erasure.pk, state=ErasureState.BRAZE_NOT_TOLD)
        if not waiting.update(not_before=None):
            raise StaleState
        audit.record("erasure.retried", actor=actor, target=erasure, brand=erasure.brand)
        nudges.run(erasure.pk)


def others_with_address(contact: Contact) -> list[Contact]:
    """Gives the other contacts of the brand who have the same address; they may be the same person."""
    same = Contact.objects.filter(brand=contact.brand_id, email=contact.email, erased_at=None)
    return list(same.exclude(pk=contact.pk).order_by("external_id")[:20])


def _addresses_of(contact: Contact) -> set[str]:
    """Gives every address by which the portal knows a contact: the present one and those of before."""
    found = {
        contact.email.lower(),
        held_address(contact).lower(),
        *contact.suppressions.values_list("address", flat=True),
    }
    for holder in holders():
        found |= holder.addresses(contact)
    return {address for address in found if address}


def _shut_out(contact: Contact) -> None:
    same = list(Contact.objects.filter(brand=contact.brand_id, email=contact.email).values_list("pk", flat=True))
    for contact_id in same:
        Suppression.objects.get_or_create(
            contact_id=contact_id,
            brand=contact.brand,
            group=None,
            address=contact.email.lower(),
            reason=SuppressionReason.BLOCKED,
            defaults={"source": ERASED},
        )
    mark_pending(same)
