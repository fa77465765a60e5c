"""Reading usage: months, and how much each group sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import QuerySet

from campaigns.models import GroupStanding, UsageMonth
from campaigns.reports.rolling.usage import month_of
from campaigns.reports.scope import Scope

MONTHS: Final = 12
PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a group with all below it; `usage` is None where nothing was noted of it."""

    month: date
    usage: UsageMonth | None


@dataclass(frozen=True, slots=True)
class Cost:
    """The mails that one group handed over to Braze in a month.

    `uncounted` are mailings to people whom Braze alone can count; `reported` is what it says was sent of them, None
    where it says nothing.
    """

    code: str
    name: str
    mailings: int
    handed_over: int
    uncounted: int
    reported: int | None


def months_of(scope: Scope) -> list[Month]:
    """Gives the last twelve months, this one first."""
    wanted = [month_of(scope.today, back) for back in range(MONTHS)]
    known = {row.month: row for row in UsageMonth.objects.filter(group=scope.group, month__gte=wanted[-1])}
    return [Month(month, known.get(month)) for month in wanted]


def groups_by_mailings(scope: Scope) -> QuerySet[GroupStanding]:
    """Gives the open groups of a network, those with the most mailings of four weeks first."""
    found = GroupStanding.objects.filter(scope.below(), brand=scope.group.brand_id, group__closed_at=None)
    return found.select_related("group").order_by("-own_mailings", "group__name", "pk")


def month_named(scope: Scope, text: str) -> date:
    """Reads `2026-11`; anything else, and a month that is not kept, is the last whole month."""
    kept = {f"{month:%Y-%m}": month for month in (month_of(scope.today, back) for back in range(MONTHS + 1))}
    return kept.get(text, month_of(scope.today, 1))


def costs_of(scope: Scope, month: date) -> Iterator[Cost]:
    """Gives what each group of a network handed over in a month, by code (P10)."""
    found = UsageMonth.objects.filter(scope.below(), month=month, own_mailings__gt=0).select_related("group")
    for one in found.order_by("group__code").iterator(chunk_size=1000):
        yield Cost(
            one.group.code,
            one.group.name,
            one.own_mailings,
            one.own_handed_over,
            one.own_uncounted,
            one.own_sent_uncounted,
        )
