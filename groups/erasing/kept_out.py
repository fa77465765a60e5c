"""Nobody who was erased is mailed again, though the portal no longer knows who they were."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Protocol
from uuid import UUID

from groups.erasing.hashing import address_digest, external_id_digest, key_of
from groups.models import Brand, ErasedAddress, Erasure, Suppression, SuppressionOrigin, SuppressionReason

ERASED: Final = "erased"
"""The source of a suppression that goes back to an erasure."""


class Known(Protocol):
    """A contact, or as much of one as is needed to know it again."""

    @property
    def pk(self) -> UUID:
        """The key of its row."""

    @property
    def external_id(self) -> str:
        """The ID in Braze."""

    @property
    def email(self) -> str:
        """The address."""


def has_erased(brand: Brand) -> bool:
    """Tells whether a brand has erased anybody."""
    return Erasure.objects.filter(brand=brand).exists()


def keep_out(brand: Brand, contacts: Collection[Known]) -> int:
    """Shuts out those contacts whose address or ID is that of somebody who was erased; gives how many.

    Costs one query for a brand that has erased nobody, and two hashes a contact elsewhere. To be called wherever
    contacts come in or get another address; the sync asks once more before it tells Braze of anybody.
    """
    if not contacts or not has_erased(brand):
        return 0
    key = key_of(brand)
    addresses = {contact.pk: address_digest(key, contact.email) for contact in contacts}
    ids = {contact.pk: external_id_digest(key, contact.external_id) for contact in contacts}
    known_addresses = ErasedAddress.objects.filter(brand=brand, digest__in=set(addresses.values()))
    known_ids = Erasure.objects.filter(brand=brand, external_id_digest__in=set(ids.values()))
    shut_addresses = set(known_addresses.values_list("digest", flat=True))
    shut_ids = set(known_ids.values_list("external_id_digest", flat=True))
    shut = [contact for contact in contacts if addresses[contact.pk] in shut_addresses or ids[contact.pk] in shut_ids]
    Suppression.objects.bulk_create(
        [
            Suppression(
                contact_id=contact.pk,
                brand=brand,
                address=contact.email.lower(),
                reason=SuppressionReason.BLOCKED,
                origin=SuppressionOrigin.OTHER,
                source=ERASED,
            )
            for contact in shut
        ],
        ignore_conflicts=True,
    )
    return len(shut)
