"""Reading how a group's mailings did: week by week, against their median, the best and the worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import GroupWeek, Mailing, MailingResult
from campaigns.reports.figures import Figure, figures_of, percent
from campaigns.reports.queries import LEAST_OTHERS, RATES, numbers_for
from campaigns.reports.rolling.tree import SENT
from campaigns.reports.scope import Scope
from campaigns.reports.totals import LEAST_DELIVERED
from campaigns.reports.words import counted
from groups.models import Group

WEEKS: Final = 26
YEAR: Final = timedelta(days=365)
PER_PAGE: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A mailing of the group with the day it went out and its figures, empty where Braze has reported nothing."""

    mailing: Mailing
    went_on: date
    subject: str
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Compared:
    """The best or worst mailing of a year, with what it was compared with in a sentence."""

    mailing: Mailing
    went_on: date
    subject: str
    share: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extremes:
    """The best and the worst by clicks, None where fewer than six mailings are large enough to compare."""

    best: Compared | None
    worst: Compared | None
    large: int


def weeks_of(scope: Scope) -> dict[date, GroupWeek]:
    """Gives the weeks of half a year, those without anything left out."""
    rows = GroupWeek.objects.filter(group=scope.group, week__gte=scope.weeks(WEEKS)[0])
    return {row.week: row for row in rows}


def results_of(group: Group) -> QuerySet[MailingResult]:
    """Gives what went out of a group, the newest first."""
    return MailingResult.objects.filter(group=group).order_by("-went_on", "pk").select_related("mailing")


def lines_of(group: Group, results: Sequence[MailingResult]) -> list[Line]:
    """Gives mailings with their figures, in one query more."""
    numbers = numbers_for(group, [one.mailing for one in results])
    return [
        Line(
            one.mailing,
            one.went_on,
            one.subject,
            figures_of(numbers[one.mailing_id]) if one.mailing_id in numbers else (),
        )
        for one in results
    ]


def usual_rates(scope: Scope) -> Mapping[str, tuple[str, int]]:
    """Gives the median of each rate over a year's large enough mailings, with their number; of too few an empty one."""
    rows = _large(scope).values_list("delivered", *RATES)
    shares: dict[str, list[float]] = {name: [] for name in RATES}
    for delivered, *counts in rows:
        for name, count in zip(RATES, counts, strict=True):
            if count is not None and delivered:
                shares[name].append(count / delivered)
    return {
        name: (percent(median(found)) if len(found) > LEAST_OTHERS else "", len(found))
        for name, found in shares.items()
    }


def extremes_of(scope: Scope) -> Extremes:
    """Gives the mailings of a year with the most and the fewest clicks for their size, by the rule of section 6."""
    rows = _large(scope).filter(click_rate__isnull=False).values_list("pk", "click_rate")
    rates = {pk: rate for pk, rate in rows if rate is not None}
    if len(rates) <= LEAST_OTHERS or max(rates.values()) == min(rates.values()):
        return Extremes(None, None, len(rates))
    in_order = sorted(rates, key=lambda pk: (rates[pk], str(pk)))
    found = {one.pk: one for one in results_of(scope.group).filter(pk__in=(in_order[0], in_order[-1]))}
    best, worst = (_compared(found[pk], rates) for pk in (in_order[-1], in_order[0]))
    return Extremes(best, worst, len(rates))


def _large(scope: Scope) -> QuerySet[MailingResult]:
    return MailingResult.objects.filter(
        SENT, group=scope.group, went_on__gt=scope.today - YEAR, delivered__gte=LEAST_DELIVERED
    )


def _compared(result: MailingResult, rates: Mapping[UUID, float]) -> Compared:
    others = [rate for pk, rate in rates.items() if pk != result.pk]
    reason = ngettext(
        "%(clicks)s of %(delivered)s delivered mails were clicked. The middle of the group's other %(number)s mailing "
        "is %(usual)s.",
        "%(clicks)s of %(delivered)s delivered mails were clicked. The middle of the group's other %(number)s mailings "
        "is %(usual)s.",
        len(others),
    ) % {
        "clicks": counted(result.clicks),
        "delivered": counted(result.delivered),
        "number": len(others),
        "usual": percent(median(others)),
    }
    if result.days > 1:
        reason += " " + _("Clicks are those of the strongest day, so it may have been more.")
    return Compared(result.mailing, result.went_on, result.subject, percent(result.click_rate or 0), reason)
