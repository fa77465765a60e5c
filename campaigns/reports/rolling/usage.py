"""Months of groups: who was active, how long reviews took, what went out."""

from __future__ import annotations

import uuid
from array import array
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from statistics import median
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, Sum

from campaigns.models import MailingResult, Review, ReviewState, RollupRun, UsageMonth
from campaigns.reports.rolling.tree import WRITTEN_AT_ONCE, Tree
from groups.models import Event

MONTHS: Final = 13
_CHANGING: Final = 2
_DECIDED: Final = (ReviewState.APPROVED, ReviewState.CHANGES_ASKED)
_WRITTEN: Final = tuple(
    one.name for one in UsageMonth._meta.concrete_fields if one.name not in ("id", "group", "month")
)


def month_of(day: date, back: int = 0) -> date:
    """Gives the first day of a month, `back` months earlier."""
    number = day.year * 12 + day.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)


def roll_usage(run: RollupRun, today: date) -> Iterator[str]:
    """Writes this month and the last anew, or all of a year; yields each month when it is written."""
    tree = Tree.of(run.brand)
    for back in reversed(range(MONTHS if run.since is None else _CHANGING)):
        month = month_of(today, back)
        if month.isoformat() > run.cursor:
            _write(run, tree, month)
            yield month.isoformat()


@transaction.atomic
def _write(run: RollupRun, tree: Tree, month: date) -> None:
    own = _own(run, month)
    mailings = tree.climb({pk: one.own_mailings for pk, one in own.items()}, lambda there, one: (there or 0) + one)
    people = _people(run, tree, month)
    seconds = _review_seconds(run, tree, month)
    touched = {*own, *mailings, *people, *seconds}
    UsageMonth.objects.filter(group__brand=run.brand, month=month).exclude(group__in=touched).delete()
    rows = []
    for pk in touched:
        row = own.get(pk) or UsageMonth(group_id=pk, month=month)
        row.below_mailings = mailings.get(pk, 0)
        row.below_people = len(people.get(pk, ()))
        times = seconds.get(pk)
        row.below_reviews = len(times) if times else 0
        row.below_review_seconds = round(median(times)) if times else None
        rows.append(row)
    UsageMonth.objects.bulk_create(
        rows,
        batch_size=WRITTEN_AT_ONCE,
        update_conflicts=True,
        unique_fields=["group", "month"],
        update_fields=_WRITTEN,
    )


def _own(run: RollupRun, month: date) -> dict[uuid.UUID, UsageMonth]:
    results = MailingResult.objects.filter(brand=run.brand, went_on__gte=month, went_on__lt=month_of(month, -1))
    uncounted = Q(is_counted_by_braze=True)
    rows = (
        results.order_by()
        .values_list("group")
        .annotate(
            number=Count("pk"),
            handed=Sum("handed_over"),
            uncounted=Count("pk", filter=uncounted),
            sent=Sum("sent", filter=uncounted),
        )
    )
    return {
        group: UsageMonth(
            group_id=group,
            month=month,
            own_mailings=number,
            own_handed_over=handed,
            own_uncounted=without,
            own_sent_uncounted=sent,
        )
        for group, number, handed, without, sent in rows
    }


def _people(run: RollupRun, tree: Tree, month: date) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Gives the people of whom the trail tells something in a month, by group; what is of the brand is of its top."""
    root = next((pk for pk, node in tree.nodes.items() if node.parent is None), None)
    found: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    events = Event.objects.filter(
        brand=run.brand, at__gte=_start(month), at__lt=_start(month_of(month, -1)), actor__is_service=False
    )
    for group, actor in events.order_by().values_list("group", "actor").distinct().iterator(chunk_size=2000):
        at = group or root
        for above in tree.way_up(at) if at else ():
            found[above].add(actor)
    return found


def _review_seconds(run: RollupRun, tree: Tree, month: date) -> dict[uuid.UUID, array[int]]:
    found: dict[uuid.UUID, array[int]] = {}
    reviews = Review.objects.filter(
        mailing__group__brand=run.brand,
        state__in=_DECIDED,
        decided_at__gte=_start(month),
        decided_at__lt=_start(month_of(month, -1)),
    )
    rows = reviews.order_by().values_list("mailing__group", "submitted_at", "decided_at")
    for group, submitted, decided in rows.iterator(chunk_size=2000):
        if decided is None:
            continue
        for above in tree.way_up(group):
            found.setdefault(above, array("q")).append(int((decided - submitted).total_seconds()))
    return found


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
