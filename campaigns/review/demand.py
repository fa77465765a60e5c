"""How much approval is asked for, as a pure function of what the brand says and of what the mailing is (M2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from campaigns.models import Demand

_STRICTNESS = {Demand.NONE: 0, Demand.ONE_LEVEL: 1, Demand.TWO_LEVELS: 2}


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at: the mailing's group and all above it, its template, its people, the kinds of its changes.

    `people` is None where only Braze knows the number; `most_mailed` is how many people the group's largest mailing
    reached so far.
    """

    groups: frozenset[uuid.UUID]
    template: uuid.UUID
    people: int | None
    changed_kinds: frozenset[str]
    most_mailed: int = 0


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule of a brand; what is None or empty is no condition."""

    demand: Demand
    approvals: int = 1
    group: uuid.UUID | None = None
    template: uuid.UUID | None = None
    larger_than: int | None = None
    is_first_only: bool = False
    harmless_kinds: frozenset[str] = frozenset()

    def matches(self, facts: Facts) -> bool:
        """Tells whether the rule holds; a number that nobody knows is taken for a large one, and waives nothing."""
        if self.group is not None and self.group not in facts.groups:
            return False
        if self.template is not None and self.template != facts.template:
            return False
        if self.larger_than is not None and not self._is_larger(facts.people, self.larger_than):
            return False
        if self.is_first_only and self.larger_than is not None and facts.most_mailed > self.larger_than:
            return False
        return not self.harmless_kinds or facts.changed_kinds <= self.harmless_kinds

    def _is_larger(self, people: int | None, bound: int) -> bool:
        return self.demand != Demand.NONE if people is None else people > bound


@dataclass(frozen=True, slots=True)
class Stated:
    """A demand that holds for a mailing, with why, as a sentence."""

    demand: Demand
    reason: str
    approvals: int = 1


@dataclass(frozen=True, slots=True)
class Demanded:
    """What is asked for in the end; `reasons` are the sentences of whatever asks for that much."""

    demand: Demand
    approvals: int = 1
    reasons: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether somebody else must say yes."""
        return self.demand != Demand.NONE

    @property
    def has_two_levels(self) -> bool:
        """Whether somebody reviews it before it is approved."""
        return self.demand == Demand.TWO_LEVELS


def strictest(stated: Sequence[Stated], *, otherwise: str) -> Demanded:
    """Gives the strictest of all that holds; where nothing holds it is one approval, because of `otherwise`."""
    if not stated:
        return Demanded(Demand.ONE_LEVEL, reasons=(otherwise,))
    demand = max((one.demand for one in stated), key=_STRICTNESS.__getitem__)
    if demand == Demand.NONE:
        return Demanded(demand, reasons=tuple(dict.fromkeys(one.reason for one in stated)))
    asking = [one for one in stated if one.demand != Demand.NONE]
    approvals = max(one.approvals for one in asking)
    told = [one.reason for one in asking if one.demand == demand or one.approvals == approvals > 1]
    return Demanded(demand, approvals, tuple(dict.fromkeys(told)))


def is_milder(one: Demanded, other: Demanded) -> bool:
    """Tells whether one demand asks for less than another, in levels or in people."""
    return _STRICTNESS[one.demand] < _STRICTNESS[other.demand] or one.approvals < other.approvals
