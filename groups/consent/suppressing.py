"""Shutting addresses: for everybody who has them, now and later, in a few statements for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from groups.audiences.marking import mark_pending
from groups.keeping.addresses import storing_of
from groups.keeping.standing import hold
from groups.models import (
    Brand,
    Contact,
    Group,
    Suppression,
    SuppressionOrigin,
    SuppressionReason,
    UnsubscribeScope,
    User,
)

AT_ONCE: Final = 500
# What these say of an address or of a person holds for every group at once (catalogue A11).
EVERYWHERE: Final = frozenset({SuppressionReason.HARD_BOUNCE, SuppressionReason.COMPLAINT})


def counts_for(brand: Brand, group: Group | None, reason: SuppressionReason) -> Group | None:
    """Gives the group that a suppression counts for, None for the whole brand.

    Complaints and hard bounces count everywhere, and so does what head office's own mail was answered with; leaving one
    group counts for what the brand says (catalogue A10, A11).
    """
    if group is None or group.parent_id is None or reason in EVERYWHERE:
        return None
    is_wide = reason == SuppressionReason.UNSUBSCRIBED and brand.unsubscribe_scope == UnsubscribeScope.BRAND
    return None if is_wide else group


def suppress(
    *,
    brand: Brand,
    addresses: Iterable[str],
    group: Group | None,
    reason: SuppressionReason,
    origin: SuppressionOrigin,
    source: str = "",
    note: str = "",
    actor: User | None = None,
) -> int:
    """Shuts addresses to a group, or to the whole brand, and tells Braze; gives how many were open before.

    Everybody of the brand who has one of them is shut out, and an address that nobody has yet stays shut for whoever a
    file gives it to. What is shut already keeps its reason, its origin and its date. To be called inside a transaction.
    Goes on while the brand forgets its contacts: addresses are then shut by what stands for them.
    """
    given = list(addresses)
    hold(brand)
    stored = storing_of(brand)
    opened = 0
    for start in range(0, len(given), AT_ONCE):
        opened += _suppress(
            given[start : start + AT_ONCE],
            stored,
            Suppression(
                brand=brand, group=group, reason=reason, origin=origin, source=source, note=note, added_by=actor
            ),
        )
    return opened


def _suppress(given: list[str], stored: Callable[[str], str], pattern: Suppression) -> int:
    addresses = {stored(address.lower()) for address in given}
    # Files bring addresses in lower case; whatever else brought one as it was typed is found as it was typed.
    holders: dict[str, set[UUID]] = {}
    spellings = {*given, *(address.lower() for address in given), *addresses}
    people = Contact.objects.filter(brand=pattern.brand, email__in=spellings)
    for contact_id, email in people.values_list("pk", "email"):
        holders.setdefault(stored(email.lower()), set()).add(contact_id)
    same = Suppression.objects.filter(
        brand=pattern.brand, address__in=addresses, group=pattern.group, reason=pattern.reason
    )
    known = set(same.values_list("address", "contact_id"))
    shut = {address for address, _contact in known}
    missing = [
        (address, contact_id)
        for address in sorted(addresses)
        for contact_id in holders.get(address, () if address in shut else (None,))
        if (address, contact_id) not in known
    ]
    Suppression.objects.bulk_create(
        (
            Suppression(
                contact_id=contact_id,
                brand=pattern.brand,
                address=address,
                group=pattern.group,
                reason=pattern.reason,
                origin=pattern.origin,
                source=pattern.source,
                note=pattern.note,
                added_by=pattern.added_by,
            )
            for address, contact_id in missing
        ),
        ignore_conflicts=True,
    )
    mark_pending(contact_id for _address, contact_id in missing if contact_id is not None)
    return len(addresses - shut)
