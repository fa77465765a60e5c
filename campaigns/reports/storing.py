"""Storing what Braze said of a send: each delivery's own days, and when they were read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

from django.db import transaction

from braze_client import DataSeries
from braze_client.replies import Day, Json
from campaigns.models import Delivery, ReportDay
from campaigns.reports import totals
from campaigns.reports.due import Send, next_read

Metrics = dict[str, int | float]
T = TypeVar("T")
CHUNK: Final = 500
# In the last zone of the world a day ends twelve hours after it does in UTC; nobody knows in which one Braze counts.
LAST_ZONE: Final = timedelta(hours=12)


class _Part(NamedTuple):
    """A delivery of a send."""

    pk: UUID
    mailing_id: UUID
    variation_id: str
    go_at: datetime
    ends_at: datetime | None


def store(send: Send, series: DataSeries, now: datetime) -> None:
    """Stores the days of all deliveries of a send, the totals of their mailings, and when they are read next.

    A number that Braze named before and leaves out now stays. Doing it twice changes nothing.
    """
    names = ("pk", "mailing_id", "variation_id", "go_at", "ends_at")
    found = Delivery.objects.filter(send.deliveries()).order_by("go_at", "created_at").values_list(*names)
    parts = [_Part(*row) for row in found]
    by_variation: dict[str, Mapping[date, Metrics]] = {}
    with transaction.atomic():
        for chunk in _chunks(_first_of_each(parts)):
            for variation_id in {part.variation_id for part in chunk} - by_variation.keys():
                by_variation[variation_id] = days_of(series, variation_id)
            _store_days({part.pk: by_variation[part.variation_id] for part in chunk}, now)
        _note_read(parts, now)
        totals.refresh({part.mailing_id for part in parts})


def ended(day: date) -> datetime:
    """Gives when a day is over wherever Braze may count it: what was read after that is all of it."""
    return datetime.combine(day + timedelta(days=1), time(), UTC) + LAST_ZONE


def days_of(series: DataSeries, variation_id: str) -> dict[date, Metrics]:
    """Adds up each day's entries that are of a variation: its own, or all where Braze or the send names none (B-SND-6).

    What Braze says of the day as a whole, such as conversions, is added where the day has no other variation.
    """
    days: dict[date, Metrics] = {}
    for day in series.days:
        mine = [one for one in day.variations if not variation_id or one.variation_id in (None, variation_id)]
        if not mine:
            continue
        total: Counter[str] = Counter()
        for one in mine:
            total.update(one.metrics)
            total.update(_numbers(one.unknown))
        days[day.date] = dict(total)
        if len(mine) == len(day.variations):
            days[day.date] = {**_of_the_day(day), **total}
    return days


def _of_the_day(day: Day) -> Metrics:
    named = _numbers(day.unknown)
    return named if day.unique_recipients is None else {"unique_recipients": day.unique_recipients, **named}


def _numbers(unknown: Json) -> Metrics:
    return {
        name: value for name, value in unknown.items() if isinstance(value, int | float) and not isinstance(value, bool)
    }


def _first_of_each(parts: Iterable[_Part]) -> list[_Part]:
    """Gives the first delivery of each mailing and variation: a later one, to the rest, is counted with it by Braze."""
    first: dict[tuple[UUID, str], _Part] = {}
    for part in parts:
        first.setdefault((part.mailing_id, part.variation_id), part)
    return list(first.values())


def _store_days(days: Mapping[UUID, Mapping[date, Metrics]], now: datetime) -> None:
    stored = ReportDay.objects.filter(delivery__in=days.keys()).values_list("delivery_id", "day", "metrics", "read_at")
    known = {(delivery_id, day): (metrics, read_at) for delivery_id, day, metrics, read_at in stored}
    rows = []
    for delivery_id, of_delivery in days.items():
        for day, metrics in of_delivery.items():
            was, read_at = known.get((delivery_id, day), ({}, None))
            became = {**was, **metrics}
            if read_at is None or became != was or read_at < ended(day):
                rows.append(ReportDay(delivery_id=delivery_id, day=day, metrics=became, read_at=now))
    ReportDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["delivery", "day"],
        update_fields=["metrics", "read_at"],
        batch_size=CHUNK,
    )


def _note_read(parts: Sequence[_Part], now: datetime) -> None:
    by_next: dict[datetime | None, list[UUID]] = defaultdict(list)
    for part in parts:
        by_next[next_read(part.go_at, part.ends_at, now)].append(part.pk)
    for next_at, ids in by_next.items():
        for chunk in _chunks(ids):
            Delivery.objects.filter(pk__in=chunk).update(report_read_at=now, report_next_at=next_at, report_problem="")


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
