"""Weeks of groups: what went out in each, and how many people stood on the lists."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import Count, Exists, OuterRef

from campaigns.models import GroupWeek, MailingResult, RollupRun
from campaigns.reports.rolling.tree import COLUMNS, WRITTEN_AT_ONCE, Sums, Tree, added, sums_by
from groups.models import AudienceMember

# Braze forgets a mailing after 14 days, so that no older week than the third changes (B-SND-5).
CHANGING: Final = 3
KEPT_WEEKS: Final = 53
_LISTS: Final = ("own_contacts", "own_came", "below_contacts", "below_came")
_GROUPS_AT_ONCE: Final = 500


def monday_of(day: date) -> date:
    """Gives the first day of a week."""
    return day - timedelta(days=day.weekday())


def roll_weeks(run: RollupRun, today: date) -> Iterator[str]:
    """Writes the weeks anew that can have changed, or all of a year; yields each when it is written."""
    tree = Tree.of(run.brand)
    number = KEPT_WEEKS if run.since is None else CHANGING
    for back in reversed(range(number)):
        week = monday_of(today) - timedelta(weeks=back)
        if week.isoformat() > run.cursor:
            _write(run, tree, week)
            yield week.isoformat()
    if run.reads_lists:
        read_lists(run, tree, monday_of(today))


def _write(run: RollupRun, tree: Tree, week: date) -> None:
    results = MailingResult.objects.filter(brand=run.brand, went_on__gte=week, went_on__lt=week + timedelta(weeks=1))
    own = {group: sums for (group,), sums in sums_by(results, "group")}
    below = tree.climb(own, added)
    gone = GroupWeek.objects.filter(group__brand=run.brand, week=week).exclude(below_mailings=0)
    gone.exclude(group__in=below).update(**dict.fromkeys(COLUMNS, 0))
    GroupWeek.objects.bulk_create(
        [
            GroupWeek(
                group_id=group,
                week=week,
                **own.get(group, Sums()).columns("own"),
                **sums.columns("below"),
            )
            for group, sums in below.items()
        ],
        batch_size=WRITTEN_AT_ONCE,
        update_conflicts=True,
        unique_fields=["group", "week"],
        update_fields=COLUMNS,
    )


def read_lists(run: RollupRun, tree: Tree, week: date) -> None:
    """Counts who stands on the lists of each group now, and who came in this week.

    Lists that are kept from those above (A15) are counted like others: nobody is named.
    """
    contacts: dict[uuid.UUID, int] = {}
    came: dict[uuid.UUID, int] = {}
    ids = sorted(tree.nodes)
    for start in range(0, len(ids), _GROUPS_AT_ONCE):
        some = ids[start : start + _GROUPS_AT_ONCE]
        contacts.update(_counted(some))
        came.update(_counted(some, since=datetime.combine(week, time.min, UTC)))
    own = {pk: (contacts.get(pk, 0), came.get(pk, 0)) for pk in ids}
    below = tree.climb(own, lambda there, one: one if there is None else (there[0] + one[0], there[1] + one[1]))
    GroupWeek.objects.bulk_create(
        [
            GroupWeek(
                group_id=pk,
                week=week,
                own_contacts=own[pk][0],
                own_came=own[pk][1],
                below_contacts=below[pk][0],
                below_came=below[pk][1],
            )
            for pk in ids
        ],
        batch_size=WRITTEN_AT_ONCE,
        update_conflicts=True,
        unique_fields=["group", "week"],
        update_fields=_LISTS,
    )


def _counted(groups: list[uuid.UUID], since: datetime | None = None) -> dict[uuid.UUID, int]:
    """Counts the people on lists of groups, each once a group; with `since` those who were on none of them before."""
    members = AudienceMember.objects.filter(audience__group__in=groups, audience__removed_at=None)
    if since is not None:
        before = AudienceMember.objects.filter(
            contact=OuterRef("contact"),
            audience__group=OuterRef("audience__group"),
            audience__removed_at=None,
            added_at__lt=since,
        )
        members = members.filter(~Exists(before), added_at__gte=since)
    rows = members.order_by().values_list("audience__group").annotate(people=Count("contact", distinct=True))
    return dict(rows)
