"""Draining: background work ends what it has in hand and begins nothing new, until it is resumed.

Tasks ask before they begin (`smartersends.celery`), and a hand-over to Braze asks again every half second. A task that
was not done is not lost: its rows stand, and the sweeps find them after `resume`.
"""

from __future__ import annotations

import logging

from django.utils import timezone

from groups.models import Drain

log = logging.getLogger(__name__)

REASON_CHARACTERS = 200


def drain(*, reason: str) -> Drain:
    """Lets no background work begin any more; gives the drain that stands, an earlier one where there is one."""
    standing, is_new = Drain.objects.get_or_create(
        pk=1, defaults={"reason": reason[:REASON_CHARACTERS], "begun_at": timezone.now()}
    )
    if is_new:
        log.warning("upkeep.drained reason=%r", standing.reason)
    return standing


def resume() -> bool:
    """Lets background work begin again; tells whether it was drained."""
    removed, _by_model = Drain.objects.all().delete()
    if removed:
        log.warning("upkeep.resumed")
    return bool(removed)


def is_draining() -> bool:
    """Tells whether background work must not begin; one look-up by the primary key."""
    return Drain.objects.filter(pk=1).exists()
