"""Addresses in the ledger, where a brand keeps none any more (catalogue A9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils import timezone

from campaigns.models import Delivery, DeliveryState, Recipient
from groups.keeping.rooms import AddressRoom
from groups.models import Brand
from groups.models.contact import STAND_IN

CHUNK: Final = 2000


def is_planning(brand: Brand) -> bool:
    """Tells whether a worker is planning a delivery of a brand just now."""
    planning = Delivery.objects.filter(state=DeliveryState.PLANNING, lease_until__gt=timezone.now())
    return planning.filter(mailing__group__brand=brand).exists()


def exchange(brand: Brand, stand_in: Callable[[str], str]) -> int:
    """Puts stand-ins in the place of the addresses that mailings went to; gives how many."""
    kept = Recipient.objects.filter(delivery__mailing__group__brand=brand, contact__erased_at=None)
    kept = kept.exclude(address__endswith=STAND_IN).order_by("pk").only("pk", "address")
    number = 0
    while chunk := list(kept[:CHUNK]):
        for recipient in chunk:
            recipient.address = stand_in(recipient.address)
        Recipient.objects.bulk_update(chunk, ["address"])
        number += len(chunk)
    return number


ROOM: Final = AddressRoom(is_busy=is_planning, exchange=exchange)
