"""The worker's part of a change-over: table by table, chunk by chunk, and a look at every table before it is done."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone, translation

from groups import audit
from groups.audiences import nudges as audience_nudges
from groups.keeping import nudges
from groups.keeping.forgotten import places
from groups.keeping.places import Exchange, Place
from groups.models import Brand, Forgetting, Workspace

logger = logging.getLogger(__name__)

# A chunk keeps every other writer of the brand's addresses waiting, on SQLite every other writer of all.
CHUNK_ROWS: Final = {"postgresql": 1_000, "sqlite": 1_000}
BREATH_SECONDS: Final = {"postgresql": 0.0, "sqlite": 0.005}
LEASE: Final = timedelta(seconds=60)
# Well below the time that a worker gives a task; the rest is another task's.
RUN_SECONDS: Final = 60.0


class _Elsewhere(Exception):
    """The change-over is another worker's by now, or done."""


def waiting() -> Sequence[UUID]:
    """Gives the brands that are being changed over and that no worker has."""
    return list(Forgetting.objects.filter(_free(timezone.now())).values_list("brand", flat=True))


def work_on(brand_id: UUID, *, limit_seconds: float = RUN_SECONDS) -> bool:
    """Goes on with a change-over for about `limit_seconds`; tells whether it is done now.

    A chunk and the place that it reached are one transaction, so that one that was cut off goes on where it stopped,
    and doing this twice, or at once, exchanges nothing twice.
    """
    lease = timezone.now() + LEASE
    if not Forgetting.objects.filter(_free(timezone.now()), brand=brand_id).update(lease_until=lease):
        return False
    forgetting = Forgetting.objects.select_related("brand", "started_by").get(brand=brand_id)
    ends_at = time.monotonic() + limit_seconds
    with translation.override(forgetting.started_by.language or forgetting.brand.language):
        try:
            exchange = Exchange.of(forgetting.brand)
            while (renewed := _step(exchange, lease)) is not None:
                lease = renewed
                if time.monotonic() >= ends_at:
                    _hand_on(brand_id, lease)
                    return False
                time.sleep(BREATH_SECONDS[connection.vendor])
            return _finish(exchange, lease)
        except _Elsewhere:
            logger.info("keeping.goes_on_elsewhere brand=%s", brand_id)
            return False


def _free(now: datetime) -> Q:
    return Q(Q(lease_until=None) | Q(lease_until__lte=now), finished_at=None)


def _held(brand_id: UUID, lease: datetime) -> Forgetting:
    """Locks the brand, so that nobody writes addresses of it beside this, and gives how far the change-over is."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand_id)
    held = Forgetting.objects.select_for_update().filter(brand=brand_id, lease_until=lease, finished_at=None).first()
    if held is None:
        raise _Elsewhere
    return held


def _step(exchange: Exchange, lease: datetime) -> datetime | None:
    """Exchanges one chunk and gives the lease until which the next one is ours; nothing where all is through."""
    with transaction.atomic():
        held = _held(exchange.brand.pk, lease)
        if held.rows_total is None:
            held.rows_total = sum(place.raw(exchange.brand).count() for place in places())
        place = _place_of(held)
        if place is None:
            return None
        rows = _chunk(place, exchange.brand, held.after)
        if rows:
            place.exchange(exchange, rows)
            held.rows_done += len(rows)
            held.after = str(rows[-1].pk)
        if len(rows) < CHUNK_ROWS[connection.vendor]:
            held.place, held.after = _next_after(place), ""
        held.lease_until = timezone.now() + LEASE
        held.save(update_fields=["rows_total", "rows_done", "place", "after", "lease_until"])
    return held.lease_until


_DONE: Final = "done"


def _place_of(held: Forgetting) -> Place | None:
    """Gives the place that is being exchanged, the first at the beginning; nothing when all are through."""
    known = {place.name: place for place in places()}
    return known.get(held.place or next(iter(known)))


def _next_after(place: Place) -> str:
    names = [one.name for one in places()]
    return next(iter(names[names.index(place.name) + 1 :]), _DONE)


def _chunk(place: Place, brand: Brand, after: str) -> list[Any]:
    rows = place.raw(brand).select_for_update(no_key=True, of=("self",)).order_by("pk")
    if after:
        rows = rows.filter(pk__gt=after)
    return list(rows[: CHUNK_ROWS[connection.vendor]])


def _finish(exchange: Exchange, lease: datetime) -> bool:
    """Ends the change-over where no table holds an address any more; goes back to the first one that does."""
    brand = exchange.brand
    left = next((place for place in places() if _still_holds(place, brand)), None)
    with transaction.atomic():
        held = _held(brand.pk, lease)
        if left is not None:
            logger.warning("keeping.left_over brand=%s place=%s", brand.pk, left.name)
            held.place, held.after, held.lease_until = left.name, "", None
            held.save(update_fields=["place", "after", "lease_until"])
            nudges.run(brand.pk)
            return False
        held.finished_at, held.lease_until, held.rows_done = timezone.now(), None, held.rows_total or 0
        held.save(update_fields=["finished_at", "lease_until", "rows_done"])
        audit.record("consent.contacts_forgotten", actor=held.started_by, target=brand, brand=brand)
        audience_nudges.sync(Workspace.objects.filter(brand=brand).values_list("pk", flat=True).first())
    return True


def _still_holds(place: Place, brand: Brand) -> bool:
    return any(place.holds(row) for row in place.raw(brand).order_by("pk").iterator(chunk_size=500))


def _hand_on(brand_id: UUID, lease: datetime) -> None:
    """Leaves the rest to another task, so that no worker is held up for long."""
    with transaction.atomic():
        Forgetting.objects.filter(brand=brand_id, lease_until=lease).update(lease_until=None)
        nudges.run(brand_id)
