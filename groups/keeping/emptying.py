"""Emptying what a brand has of its contacts already: all at once, so that nobody ever sees half of it.

One transaction exchanges every address for its stand-in and takes away what Braze has; whoever reads meanwhile reads
what was. Imports, the sync and plans of deliveries begin nothing while a brand is being emptied, and what is under way
is waited for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from groups import audit
from groups.audiences.profiles import Profiler
from groups.keeping.addresses import UNTOLD, stand_ins_of
from groups.keeping.rooms import rooms
from groups.models import (
    Brand,
    Contact,
    ContactImport,
    ContactStore,
    ImportState,
    Lift,
    Suppression,
    SyncState,
)
from groups.models.contact import STAND_IN

logger = logging.getLogger(__name__)

CHUNK: Final = 2000
StandIn = Callable[[str], str]


class _Busy(Exception):
    """Something is under way; the next try may find it done."""


def brands_to_empty() -> list[UUID]:
    """Gives the brands that wait to be emptied."""
    return list(Brand.objects.filter(contact_store=ContactStore.EMPTYING).values_list("pk", flat=True))


def empty(brand_id: UUID) -> bool:
    """Empties a brand that waits for it; tells whether that is done now.

    Twice or at once: the brand's row is locked, and the second finds nothing to do. Cut off: nothing was changed.
    """
    try:
        with transaction.atomic():
            brands = Brand.objects.select_for_update().filter(pk=brand_id, contact_store=ContactStore.EMPTYING)
            brand = brands.first()
            if brand is None:
                return False
            _demand_rest(brand)
            number = _empty(brand)
            Brand.objects.filter(pk=brand_id).update(contact_store=ContactStore.EMPTY)
            audit.record("consent.contacts_emptied", actor=None, target=brand, brand=brand, contacts=number)
    except _Busy:
        logger.info("The contacts of %s are emptied when what is under way is done.", brand_id)
        return False
    return True


def _demand_rest(brand: Brand) -> None:
    under_way = Q(state__in=(ImportState.IMPORTING, ImportState.CHECKING), lease_until__gt=timezone.now())
    if ContactImport.objects.filter(under_way, audience__group__brand=brand).exists():
        raise _Busy
    if any(room.is_busy(brand) for room in rooms()):
        raise _Busy


def _empty(brand: Brand) -> int:
    """Exchanges and takes away; gives how many contacts there are."""
    stand_in, profiler = stand_ins_of(brand), Profiler.of(brand)
    number = _empty_contacts(brand, stand_in, profiler)
    _exchange(Suppression.objects.filter(brand=brand), stand_in)
    _exchange(Lift.objects.filter(brand=brand), stand_in)
    for room in rooms():
        room.exchange(brand, stand_in)
    return number


def _empty_contacts(brand: Brand, stand_in: StandIn, profiler: Profiler) -> int:
    now, number = timezone.now(), 0
    contacts = Contact.objects.filter(brand=brand, erased_at=None).exclude(email__endswith=STAND_IN)
    for chunk in _in_turn(contacts.select_for_update(of=("self",))):
        for contact in chunk:
            if contact.sync_lease_until is not None and contact.sync_lease_until > now:
                raise _Busy
            # Whom Braze does not have, or not as they are now, is forgotten by the sync.
            is_told = contact.sync_state == SyncState.SYNCED and contact.sync_lease_until is None
            contact.attributes = {} if is_told else {**contact.attributes, UNTOLD: contact.email}
            contact.synced = profiler.without_values(contact.synced)
            contact.email = stand_in(contact.email)
        Contact.objects.bulk_update(chunk, ["email", "attributes", "synced"])
        number += len(chunk)
    return number


def _exchange(rows: QuerySet[Suppression] | QuerySet[Lift], stand_in: StandIn) -> None:
    """Puts stand-ins in the place of addresses."""
    addresses = rows.exclude(address__endswith=STAND_IN).order_by().values_list("address", flat=True).distinct()
    for address in addresses.iterator(chunk_size=CHUNK):
        if not address.endswith("@erased.invalid"):
            rows.filter(address=address).update(address=stand_in(address))


def _in_turn(contacts: QuerySet[Contact]) -> Iterator[list[Contact]]:
    contacts = contacts.order_by("pk")
    chunk = list(contacts[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(contacts.filter(pk__gt=chunk[-1].pk)[:CHUNK])
