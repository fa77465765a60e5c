"""Sealing what is new into each brand's hash chain."""

from __future__ import annotations

import time
import uuid
from typing import Final

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from groups.models import Brand, Event, Seal
from groups.trail.chain import NO_DIGEST, link

CHUNK: Final = 500
SECONDS: Final = 10.0


def seal_new_events() -> bool:
    """Seals the new events of every brand, for about `SECONDS`; tells whether some are left."""
    until = time.monotonic() + SECONDS
    brands = Brand.objects.filter(pk__in=_unsealed().values("brand")).order_by("slug")
    for brand_id in brands.values_list("pk", flat=True):
        while seal_chunk(brand_id) == CHUNK:
            if time.monotonic() >= until:
                return True
    return False


def seal_chunk(brand_id: uuid.UUID) -> int:
    """Seals up to `CHUNK` events of a brand, those with the smallest ids; gives how many.

    A seal takes whatever has none yet, and no stretch of ids: an event that is committed after others with greater ids
    waits for the next seal. Nobody who writes events waits for it. Of two sealers at once one makes the seal, by the
    number that a brand has once, and the other nothing.
    """
    try:
        with transaction.atomic():
            return _seal(brand_id)
    except _Beaten:
        return 0


class _Beaten(Exception):
    """Another sealer was quicker."""


def _seal(brand_id: uuid.UUID) -> int:
    last = Seal.objects.filter(brand=brand_id).order_by("-number").only("number", "digest").first()
    events = list(_unsealed().filter(brand=brand_id).order_by("pk")[:CHUNK])
    if not events:
        return 0
    number, previous = (last.number + 1, last.digest) if last else (1, NO_DIGEST)
    sealed_at = timezone.now()
    made = link(brand_id=brand_id, number=number, sealed_at=sealed_at, previous=previous, events=events)
    try:
        seal = Seal.objects.create(
            brand_id=brand_id,
            number=number,
            sealed_at=sealed_at,
            count=len(events),
            contents=made.contents,
            digest=made.digest,
        )
    except IntegrityError as error:
        raise _Beaten from error
    # Past the manager that refuses changes: this is the one that the triggers let through.
    marked = models.QuerySet(Event).filter(pk__in=[event.pk for event in events], seal=None).update(seal=seal)
    if marked != len(events):
        raise _Beaten
    return marked


def _unsealed() -> models.QuerySet[Event]:
    return Event.objects.filter(seal=None).order_by()
