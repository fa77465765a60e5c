"""What a filter says: groups of conditions over attributes, as plain values that can be stored and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from groups.models import Attribute, AttributeKind

Scalar: TypeAlias = str | int | float

MOST_GROUPS: Final = 5
MOST_CONDITIONS: Final = 20
MOST_DAYS: Final = 3650
TEXT_CHARACTERS: Final = 60
"""Long enough for what people look for, short enough for the patterns that Braze takes."""
FIRST_YEAR, LAST_YEAR = 1900, 2999


class Join(StrEnum):
    """Whether all parts have to hold, or one of them is enough."""

    ALL = "all"
    ANY = "any"


class Operator(StrEnum):
    """How an attribute is compared; `OPERATORS` says which of them a kind of attribute takes."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    BEGINS_WITH = "begins_with"
    LESS = "less"
    MORE = "more"
    BETWEEN = "between"
    LAST_DAYS = "last_days"
    NEXT_DAYS = "next_days"
    YES = "yes"
    NO = "no"
    IS_EMPTY = "is_empty"
    IS_FILLED = "is_filled"


_ANYWHERE: Final = (Operator.IS_EMPTY, Operator.IS_FILLED)
OPERATORS: Final[Mapping[str, tuple[Operator, ...]]] = {
    AttributeKind.TEXT: (Operator.IS, Operator.IS_NOT, Operator.CONTAINS, Operator.BEGINS_WITH, *_ANYWHERE),
    AttributeKind.NUMBER: (Operator.IS, Operator.LESS, Operator.MORE, Operator.BETWEEN, *_ANYWHERE),
    AttributeKind.DATE: (
        Operator.IS,
        Operator.LESS,
        Operator.MORE,
        Operator.BETWEEN,
        Operator.LAST_DAYS,
        Operator.NEXT_DAYS,
        *_ANYWHERE,
    ),
    AttributeKind.BOOLEAN: (Operator.YES, Operator.NO, *_ANYWHERE),
}
WITHOUT_VALUE: Final = frozenset({Operator.YES, Operator.NO, *_ANYWHERE})
IN_DAYS: Final = frozenset({Operator.LAST_DAYS, Operator.NEXT_DAYS})


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. `value` is text, a number, a day as `2026-11-30`, or a number of days; None where none is needed.

    `upto` is the upper end of `BETWEEN`, which belongs to the range, as the lower end does.
    """

    attribute: str
    operator: Operator
    value: Scalar | None = None
    upto: Scalar | None = None

    def as_json(self) -> dict[str, Scalar]:
        """Gives the condition as it is stored; what it does not need is left out."""
        stored: dict[str, Scalar] = {"attribute": self.attribute, "operator": self.operator.value}
        if self.value is not None:
            stored["value"] = self.value
        if self.upto is not None:
            stored["upto"] = self.upto
        return stored


@dataclass(frozen=True, slots=True)
class ConditionGroup:
    """Conditions of which all have to hold, or any."""

    join: Join
    conditions: tuple[Condition, ...]

    def as_json(self) -> dict[str, object]:
        """Gives the group as it is stored."""
        return {"join": self.join.value, "conditions": [condition.as_json() for condition in self.conditions]}


@dataclass(frozen=True, slots=True)
class Definition:
    """Groups of conditions, of which all have to hold, or any; there is at least one condition in each."""

    join: Join
    groups: tuple[ConditionGroup, ...]

    def __iter__(self) -> Iterator[Condition]:
        return (condition for group in self.groups for condition in group.conditions)

    @property
    def attributes(self) -> frozenset[str]:
        """The names of the attributes that it compares."""
        return frozenset(condition.attribute for condition in self)

    def as_json(self) -> dict[str, object]:
        """Gives the definition as it is stored; equal definitions are stored alike."""
        return {"join": self.join.value, "groups": [group.as_json() for group in self.groups]}


@dataclass(frozen=True, slots=True)
class Target:
    """An attribute that the brand lets filters use: its name, its kind, and what Braze calls it."""

    name: str
    label: str
    kind: AttributeKind
    braze_name: str
    is_custom: bool = True


Targets: TypeAlias = Mapping[str, Target]


def targets_in(attributes: Iterable[Attribute]) -> dict[str, Target]:
    """Gives attributes as filters know them, by name."""
    return {
        one.name: Target(one.name, one.label, AttributeKind(one.kind), one.braze_name, one.is_custom)
        for one in attributes
    }


def day_of(value: Scalar | None) -> date:
    """Gives the day of a condition on a date."""
    return date.fromisoformat(str(value))
