"""Writing a judged chunk into the ledger: those who get the mail into batches of at most 50, the others left out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import connection
from django.db.models import Count, Max, QuerySet

from campaigns.models import Batch, BatchKind, Candidate, Delivery, Route

PEOPLE_PER_BATCH: Final = 50


def fill(delivery: Delivery) -> dict[str, int]:
    """Writes the judged candidates down and gives how many were left out, by reason. Needs a transaction."""
    reasons = Candidate.objects.exclude(reason="").order_by().values_list("reason").annotate(number=Count("position"))
    left_out = dict(reasons)
    if left_out:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO campaigns_exclusion (delivery_id, contact_id, reason, winner_id)"
                " SELECT %s, contact_id, reason, winner_id FROM campaigns_candidate WHERE reason <> ''",
                [_key(delivery)],
            )
    kept = Candidate.objects.filter(reason="")
    if not is_cut_by_zone(delivery):
        _put_into_batches(delivery, kept, zone="", due_at=None)
        return left_out
    for zone, names in _by_zone(delivery, kept.order_by().values_list("time_zone", flat=True).distinct()).items():
        due_at = in_zone(delivery.go_at, delivery.mailing.group.time_zone, zone) if delivery.go_at else None
        _put_into_batches(delivery, kept.filter(time_zone__in=names), zone=zone, due_at=due_at)
    return left_out


def is_cut_by_zone(delivery: Delivery) -> bool:
    """Tells whether the portal itself cuts the batches by zone; on route A Braze knows everybody's zone."""
    return delivery.in_local_time and delivery.route == Route.TRIGGER


def in_zone(moment: datetime, group_zone: str, zone: str) -> datetime:
    """Gives when the wall clock of a zone shows what the group's shows at a moment, in UTC.

    A time that the change to summer time skips is read as the same time before the change, so an hour later by the
    clock; of one that comes twice the first is meant.
    """
    wall_clock = moment.astimezone(ZoneInfo(group_zone)).replace(tzinfo=None, fold=0)
    return wall_clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _by_zone(delivery: Delivery, names: Iterable[str]) -> dict[str, list[str]]:
    """Sorts what contacts say of their zone by the zone that is meant: the group's where theirs is none."""
    zones: dict[str, list[str]] = {}
    for name in names:
        try:
            zone = ZoneInfo(name).key if name else delivery.mailing.group.time_zone
        except (ZoneInfoNotFoundError, ValueError, OSError):
            zone = delivery.mailing.group.time_zone
        zones.setdefault(zone, []).append(name)
    return dict(sorted(zones.items()))


def _put_into_batches(delivery: Delivery, people: QuerySet[Candidate], *, zone: str, due_at: datetime | None) -> None:
    """Fills the last batch of a zone up to 50, then opens new ones."""
    number = people.count()
    if not number:
        return
    last = delivery.batches.filter(zone=zone).order_by("-number").first()
    room = min(number, PEOPLE_PER_BATCH - last.size) if last else 0
    first_new = (delivery.batches.aggregate(last=Max("number"))["last"] or 0) + 1
    sizes = [min(PEOPLE_PER_BATCH, number - done) for done in range(room, number, PEOPLE_PER_BATCH)]
    if last and room:
        Batch.objects.filter(pk=last.pk).update(size=last.size + room)
    opened = Batch.objects.bulk_create(
        Batch(delivery=delivery, number=first_new + index, kind=BatchKind.LIST, size=size, zone=zone, due_at=due_at)
        for index, size in enumerate(sizes)
    )
    batches = [*([last.pk] if last and room else []), *(batch.pk for batch in opened)]
    # PostgreSQL takes the batches of a new delivery for one (see `lookups`); SQLite finds them by their index.
    if connection.vendor == "postgresql":
        among, named = f"batch.id IN ({', '.join(['%s'] * len(batches))})", batches
    else:
        among, named = "batch.delivery_id = %s", [_key(delivery)]
    sql, parameters = people.order_by().values("contact_id", "address", "position").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_recipient (delivery_id, contact_id, address, outcome, batch_id)"
            " SELECT %s, person.contact_id, person.address, '', batch.id"
            " FROM (SELECT contact_id, address, ROW_NUMBER() OVER (ORDER BY position) - 1 AS place"
            f" FROM ({sql}) people) person"
            f" JOIN campaigns_batch batch ON {among} AND batch.number ="
            f" CASE WHEN place < %s THEN %s ELSE %s + (place - %s) / {PEOPLE_PER_BATCH} END",
            [_key(delivery), *parameters, *named, room, last.number if last else 0, first_new, room],
        )
        if cursor.rowcount != number:
            raise AssertionError(f"{number} people were to be put into batches, and {cursor.rowcount} were.")


def _key(delivery: Delivery) -> Any:
    return Delivery._meta.pk.get_db_prep_value(delivery.pk, connection)
