"""The statement of a delivery as a table: a row per batch, and nothing that names a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from campaigns.delivery.ledger.queries import batches_of, last_move
from campaigns.delivery.ledger.words import standing_of
from campaigns.models import BatchKind, Delivery


def statement_rows(delivery: Delivery) -> Iterator[Iterable[object]]:
    """Gives a head and a row per batch; times stand in the group's zone as ISO 8601 writes them.

    What Braze wrote is left out, because it may quote an address or an ID; how many remarks it made is counted.
    """
    zone = ZoneInfo(delivery.mailing.group.time_zone)
    move = last_move(delivery)
    yield (
        _("Batch"),
        _("Half of batch"),
        _("People"),
        _("State"),
        _("What this means"),
        _("Attempt"),
        _("Last called"),
        _("Answered"),
        _("Planned for"),
        _("Dispatch ID"),
        _("Schedule ID"),
        _("HTTP status"),
        _("Remarks"),
    )
    for batch in batches_of(delivery).iterator(chunk_size=2000):
        standing = standing_of(batch, delivery, move)
        yield (
            batch.number,
            batch.halved_from.number if batch.halved_from else "",
            "" if batch.kind == BatchKind.BROADCAST else batch.size,
            standing.label,
            standing.meaning,
            batch.attempt,
            _written(batch.called_at, zone),
            _written(batch.answered_at, zone),
            _written(batch.planned_for or batch.due_at, zone),
            batch.dispatch_id,
            batch.schedule_id,
            "" if batch.status is None else batch.status,
            len(batch.remarks),
        )


def _written(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
