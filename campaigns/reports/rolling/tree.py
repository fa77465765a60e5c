"""The tree of a brand's groups in memory: what each group has is added to all that are above it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self, TypeVar

from django.db.models import Count, Q, QuerySet, Sum

from campaigns.models import MailingResult, MailingState
from campaigns.models.rollup import Sums as SumsModel
from campaigns.reports.totals import LEAST_DELIVERED
from groups.models import Brand, Group

T = TypeVar("T")
WRITTEN_AT_ONCE = 500
SENT = Q(mailing__state__in=(MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS))


@dataclass(frozen=True, slots=True)
class Node:
    """A group as far as rollups need it."""

    parent: uuid.UUID | None
    is_open: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Tree:
    """All groups of a brand; memory grows with their number, and with nothing else."""

    nodes: Mapping[uuid.UUID, Node]

    @classmethod
    def of(cls, brand: Brand) -> Self:
        """Reads the tree in one query."""
        rows = Group.objects.filter(brand=brand).values_list("pk", "parent", "closed_at", "created_at")
        return cls({pk: Node(parent, closed_at is None, created) for pk, parent, closed_at, created in rows})

    def way_up(self, group: uuid.UUID) -> Iterator[uuid.UUID]:
        """Yields a group and those above it."""
        at: uuid.UUID | None = group
        while at is not None and at in self.nodes:
            yield at
            at = self.nodes[at].parent

    def climb(self, own: Mapping[uuid.UUID, T], add: Callable[[T | None, T], T]) -> dict[uuid.UUID, T]:
        """Gives what each group has together with all below it; `add` joins one more to what is there, or to None."""
        below: dict[uuid.UUID, T] = {}
        for group, mine in own.items():
            for above in self.way_up(group):
                below[above] = add(below.get(above), mine)
        return below

    def ends(self) -> set[uuid.UUID]:
        """Gives the open groups that have no open group below them."""
        parents = {node.parent for node in self.nodes.values() if node.is_open}
        return {pk for pk, node in self.nodes.items() if node.is_open and pk not in parents}


@dataclass(frozen=True, slots=True)
class Sums:
    """Mailings that went out, clicks and opens, each with the delivered mails of the mailings that name it."""

    mailings: int = 0
    clicks: int = 0
    clicks_of: int = 0
    opens: int = 0
    opens_of: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    @property
    def click_rate(self) -> float | None:
        """Clicks by delivered mails, None where too few were delivered to rank it."""
        return self.clicks / self.clicks_of if self.clicks_of >= LEAST_DELIVERED else None

    def columns(self, prefix: str) -> dict[str, int]:
        """Gives the values of the columns that begin with `own` or `below`."""
        return {f"{prefix}_{name}": getattr(self, name) for name in NAMES}


NAMES = tuple(one.name for one in fields(Sums))
COLUMNS = tuple(one.name for one in SumsModel._meta.get_fields())


def added(there: Sums | None, one: Sums) -> Sums:
    """Joins two sums."""
    return one if there is None else there + one


def sums_by(results: QuerySet[MailingResult], *names: str) -> Iterator[tuple[tuple[uuid.UUID, ...], Sums]]:
    """Yields the sums of mailings by the columns named; clicks and opens only of mailings that are sent."""
    counted = {}
    for name in ("clicks", "opens"):
        is_known = SENT & Q(delivered__isnull=False, **{f"{name}__isnull": False})
        counted[f"sum_{name}"] = Sum(name, filter=is_known, default=0)
        counted[f"sum_{name}_of"] = Sum("delivered", filter=is_known, default=0)
    rows = results.order_by().values_list(*names).annotate(number=Count("pk"), **counted)
    for row in rows.iterator(chunk_size=2000):
        yield tuple(row[: len(names)]), Sums(*row[len(names) :])
