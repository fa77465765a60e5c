"""The numbers of a mailing, and how they stand against the group's other mailings (product.md, section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isclose
from statistics import median
from uuid import UUID

from campaigns.models import Mailing, MailingResult, MailingState
from campaigns.reports.totals import BRAZE_NAMES, LEAST_DELIVERED
from groups.models import Group

LEAST_OTHERS = 5
TOLERANCE = 0.10
# 0.11 against 0.10 is 10 %, whatever binary fractions make of it.
ROUNDING = 1e-9
RATES = ("opens", "clicks", "bounces", "unsubscribes", "spam")
LESS_IS_BETTER = frozenset({"bounces", "unsubscribes", "spam"})


class Standing(StrEnum):
    """How a rate compares; `NONE` where there is too little to compare with."""

    BETTER = "better"
    USUAL = "usual"
    WORSE = "worse"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Rate:
    """A count with its share of the delivered mails (0 to 1, None without any) and its standing.

    A `count` of None was not named by Braze, which is not zero.
    """

    name: str
    count: int | None
    share: float | None
    standing: Standing = Standing.NONE
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """What Braze has reported of a mailing so far.

    Opens and clicks are the people of the strongest day, which is the least that it can have been in all. Opens are
    uncertain: mail programmes open mails by themselves.
    """

    sent: int | None
    delivered: int | None
    rates: Mapping[str, Rate]
    read_at: datetime | None
    days: int


def numbers_of(mailing: Mailing) -> Numbers | None:
    """Gives the numbers of a mailing; None means that there is no data yet, which is not zero."""
    return numbers_for(mailing.group, [mailing]).get(mailing.pk)


def numbers_for(group: Group, mailings: Iterable[Mailing]) -> dict[UUID, Numbers]:
    """Gives the numbers of several mailings of a group in one query; mailings without data are left out."""
    totals = _totals(group)
    wanted = [mailing.pk for mailing in mailings if mailing.pk in totals]
    return {pk: _numbers(pk, totals) for pk in wanted}


@dataclass(frozen=True, slots=True)
class _Total:
    counts: Mapping[str, int | None]
    read_at: datetime
    days: int

    def count(self, name: str) -> int | None:
        return self.counts[name]

    def share(self, name: str) -> float | None:
        count, delivered = self.count(name), self.count("delivered")
        return count / delivered if delivered and count is not None else None

    @property
    def is_large(self) -> bool:
        return (self.count("delivered") or 0) >= LEAST_DELIVERED


def _totals(group: Group) -> dict[UUID, _Total]:
    """Reads the totals of a group's sent mailings of which Braze has reported something."""
    rows = MailingResult.objects.filter(
        group=group, mailing__state__in=(MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS), days__gt=0
    )
    return {
        pk: _Total(dict(zip(BRAZE_NAMES, counts, strict=True)), read_at, days)
        for pk, read_at, days, *counts in rows.values_list("pk", "read_at", "days", *BRAZE_NAMES)
    }


def _numbers(pk: UUID, totals: Mapping[UUID, _Total]) -> Numbers:
    mine = totals[pk]
    others = [total for other, total in totals.items() if other != pk and total.is_large]
    return Numbers(
        sent=mine.count("sent"),
        delivered=mine.count("delivered"),
        rates={name: _rate(name, mine, others) for name in RATES},
        read_at=mine.read_at,
        days=mine.days,
    )


def _rate(name: str, mine: _Total, others: list[_Total]) -> Rate:
    share = mine.share(name)
    theirs = [known for other in others if (known := other.share(name)) is not None]
    if share is None or not mine.is_large or len(theirs) < LEAST_OTHERS:
        return Rate(name, mine.count(name), share)
    usual = median(theirs)
    return Rate(name, mine.count(name), share, standing(name, share, usual), usual)


def standing(name: str, share: float, usual: float) -> Standing:
    """Compares a rate with the group's median: from +10 % relative it is better, from -10 % worse, or the reverse."""
    if isclose(share, usual) or abs(share - usual) < usual * TOLERANCE * (1 - ROUNDING):
        return Standing.USUAL
    return Standing.BETTER if (share > usual) is (name not in LESS_IS_BETTER) else Standing.WORSE
