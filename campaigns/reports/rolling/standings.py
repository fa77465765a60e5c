"""Where each group stands now: its four weeks, the best of those below it, and who is silent."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from django.db.models import Max, QuerySet, Sum
from django.utils import timezone

from campaigns.calendar.entries import PLANNED
from campaigns.models import GroupStanding, Mailing, MailingResult, MailingState, RollupRun
from campaigns.reports.rolling.tree import SENT, WRITTEN_AT_ONCE, Sums, Tree, added, sums_by

DAYS: Final = 28
_COMING: Final = tuple(
    state for state in PLANNED if state not in (MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS)
)
_WRITTEN: Final = tuple(one.name for one in GroupStanding._meta.concrete_fields if one.name != "group")


def roll_standings(run: RollupRun, today: date) -> Iterator[str]:
    """Writes the standing of every group anew.

    Silent is an open group without others below it that is older than four weeks, of which nothing went out for four
    weeks, and of which nothing is planned or waits for a yes.
    """
    if run.cursor:
        return
    tree = Tree.of(run.brand)
    results = MailingResult.objects.filter(brand=run.brand)
    four_weeks = results.filter(went_on__gt=today - timedelta(days=DAYS), went_on__lte=today)
    before = results.filter(went_on__gt=today - timedelta(days=2 * DAYS), went_on__lte=today - timedelta(days=DAYS))
    own = {group: sums for (group,), sums in sums_by(four_weeks, "group")}
    below = tree.climb(own, added)
    below_before = tree.climb({group: sums for (group,), sums in sums_by(before, "group")}, added)
    people = tree.climb(_people(four_weeks), _both)
    last = dict(results.order_by().values_list("group").annotate(day=Max("went_on")))
    ends = tree.ends()
    silent = _silent(run, tree, ends, last, today)
    numbers = tree.climb({pk: (1, int(pk in silent)) for pk in ends}, _both)
    best_mailing = _best_mailings(tree, four_weeks)
    ranked = sorted(
        ((sums.click_rate, group) for group, sums in own.items() if sums.click_rate is not None),
        key=lambda one: (-one[0], str(one[1])),
    )
    best_group = _first_above(tree, [(group, group) for _rate, group in ranked])
    GroupStanding.objects.bulk_create(
        [
            GroupStanding(
                group_id=pk,
                brand=run.brand,
                as_of=today,
                last_went_on=last.get(pk),
                is_silent=pk in silent,
                click_rate=own.get(pk, Sums()).click_rate,
                below_click_rate=below.get(pk, Sums()).click_rate,
                before_clicks=below_before.get(pk, Sums()).clicks,
                before_clicks_of=below_before.get(pk, Sums()).clicks_of,
                below_handed_over=people.get(pk, (0, 0))[0],
                below_capped=people.get(pk, (0, 0))[1],
                below_groups=numbers.get(pk, (0, 0))[0],
                below_silent=numbers.get(pk, (0, 0))[1],
                best_mailing_id=best_mailing.get(pk),
                best_group_id=best_group.get(pk),
                **own.get(pk, Sums()).columns("own"),
                **below.get(pk, Sums()).columns("below"),
            )
            for pk in tree.nodes
        ],
        batch_size=WRITTEN_AT_ONCE,
        update_conflicts=True,
        unique_fields=["group"],
        update_fields=_WRITTEN,
    )
    yield "written"


def _people(results: QuerySet[MailingResult]) -> dict[uuid.UUID, tuple[int, int]]:
    rows = results.order_by().values_list("group").annotate(handed=Sum("handed_over"), left_out=Sum("capped"))
    return {group: (handed, left_out) for group, handed, left_out in rows}


def _both(there: tuple[int, int] | None, one: tuple[int, int]) -> tuple[int, int]:
    return one if there is None else (there[0] + one[0], there[1] + one[1])


def _silent(
    run: RollupRun, tree: Tree, ends: set[uuid.UUID], last: Mapping[uuid.UUID, date], today: date
) -> set[uuid.UUID]:
    coming = Mailing.objects.filter(group__brand=run.brand, is_practice=False, state__in=_COMING).order_by()
    busy = set(coming.values_list("group", flat=True).distinct())
    since = timezone.now() - timedelta(days=DAYS)
    return {
        pk
        for pk in ends - busy
        if tree.nodes[pk].created_at <= since and (pk not in last or last[pk] <= today - timedelta(days=DAYS))
    }


def _best_mailings(tree: Tree, results: QuerySet[MailingResult]) -> dict[uuid.UUID, uuid.UUID]:
    """Gives the mailing with the most clicks for its size of each group and all below it."""
    ranked = results.filter(SENT, click_rate__isnull=False).order_by("-click_rate", "pk")
    return _first_above(tree, ranked.values_list("group", "pk").iterator(chunk_size=2000))


def _first_above(tree: Tree, ranked: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> dict[uuid.UUID, uuid.UUID]:
    """Gives each group the first thing that is of it or of one below it."""
    best: dict[uuid.UUID, uuid.UUID] = {}
    for group, thing in ranked:
        for above in tree.way_up(group):
            if above in best:
                # Whoever is above that one has one already, too.
                break
            best[above] = thing
    return best
