"""The builder of a filter as somebody left it: groups of rows, with what is wrong in each; it works without script.

Every press of a button sends the whole form; `act` adds or takes away what the button names, and the page comes back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from groups.audiences import cleaning
from groups.audiences.filters.definition import (
    IN_DAYS,
    MOST_CONDITIONS,
    MOST_GROUPS,
    OPERATORS,
    WITHOUT_VALUE,
    Condition,
    ConditionGroup,
    Definition,
    Join,
    Operator,
    Target,
    Targets,
)
from groups.audiences.filters.describing import OPERATOR_LABELS
from groups.audiences.filters.parsing import ConditionRefused, check_size, condition_of
from groups.errors import InputRefused
from groups.models import AttributeKind, Audience, AudienceKind

SAVE, ADD_GROUP, ADD_CONDITION, REMOVE = "save", "add-group", "add-condition", "remove"
_ROW: Final = re.compile(r"g(\d{1,2})-c(\d{1,2})-attribute")
_GROUP: Final = re.compile(r"g(\d{1,2})-join")
_LONGEST: Final = 300
_INPUTS: Final = {AttributeKind.NUMBER: "number", AttributeKind.DATE: "date"}


@dataclass(slots=True)
class Row:
    """One condition as it was typed; `errors` by input, `is_new` where it has just been added."""

    key: str
    attribute: str = ""
    operator: str = ""
    value: str = ""
    upto: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    is_new: bool = False
    target: Target | None = None

    @property
    def operators(self) -> Sequence[tuple[str, str | Promise]]:
        """The comparisons that the attribute takes, none before one is chosen."""
        if self.target is None:
            return ()
        labels = OPERATOR_LABELS[self.target.kind]
        return [(operator.value, labels[operator]) for operator in OPERATORS[self.target.kind]]

    @property
    def takes_value(self) -> bool:
        """Whether there is something to compare with."""
        return self.target is not None and self.operator not in WITHOUT_VALUE

    @property
    def takes_upto(self) -> bool:
        """Whether there is an upper end."""
        return self.takes_value and self.operator == Operator.BETWEEN

    @property
    def is_in_days(self) -> bool:
        """Whether the value is a number of days."""
        return self.operator in IN_DAYS

    @property
    def input_type(self) -> str:
        """The type of the input."""
        if self.is_in_days:
            return "number"
        return _INPUTS.get(self.target.kind, "text") if self.target is not None else "text"

    @property
    def input_step(self) -> str:
        """The step of an input of numbers."""
        return "1" if self.is_in_days else "any"


@dataclass(slots=True)
class Block:
    """A group of rows as it was typed."""

    key: str
    join: Join = Join.ALL
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Builder:
    """A filter as it was typed; `source` is the id of a segment, or empty for the group's contacts."""

    targets: Targets
    name: str = ""
    source: str = ""
    join: Join = Join.ALL
    blocks: list[Block] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def empty(cls, targets: Targets) -> Builder:
        """Gives a builder with one empty row."""
        return cls(targets, blocks=[Block("g0", rows=[Row("g0-c0")])])

    @classmethod
    def of(cls, audience: Audience, segments: Iterable[Audience], targets: Targets) -> Builder:
        """Gives the builder of a filter as it is stored; attributes that may not be used any more come without one."""
        stored = audience.definition or {}
        builder = cls(targets, name=audience.name, join=Join(stored.get("join", "all")))
        builder.source = next((str(one.pk) for one in segments if one.segment_id == audience.segment_id), "")
        for number, group in enumerate(stored.get("groups", ())):
            rows = [
                Row(
                    f"g{number}-c{place}",
                    str(condition.get("attribute", "")),
                    str(condition.get("operator", "")),
                    str(condition.get("value", "")),
                    str(condition.get("upto", "")),
                )
                for place, condition in enumerate(group["conditions"])
            ]
            builder.blocks.append(Block(f"g{number}", Join(group["join"]), rows))
        return builder._settled()

    @classmethod
    def typed(cls, post: QueryDict, targets: Targets) -> Builder:
        """Gives the builder that a form sent; what is beyond the limits of filters is left out."""
        builder = cls(targets, name=_text(post, "name"), source=_text(post, "source"), join=_join(post, "join"))
        rows: dict[int, list[Row]] = {}
        places = sorted((int(m[1]), int(m[2])) for key in post if (m := _ROW.fullmatch(key)))
        for group, place in places[:MOST_CONDITIONS]:
            key = f"g{group}-c{place}"
            attribute, operator, value, upto = (
                _text(post, f"{key}-{part}") for part in ("attribute", "operator", "value", "upto")
            )
            rows.setdefault(group, []).append(Row(key, attribute, operator, value, upto))
        numbers = sorted(rows.keys() | {int(m[1]) for key in post if (m := _GROUP.fullmatch(key))})
        builder.blocks = [
            Block(f"g{number}", _join(post, f"g{number}-join"), rows.get(number, []))
            for number in numbers[:MOST_GROUPS]
        ]
        return builder._settled()

    def act(self, wish: str) -> None:
        """Does what a button says: adds a group or a row, or takes a row away; anything else changes nothing."""
        act, _space, key = wish.partition(" ")
        if act == ADD_GROUP and self.may_add_group:
            number = 1 + max((int(block.key[1:]) for block in self.blocks), default=-1)
            self.blocks.append(Block(f"g{number}", Join.ANY, [Row(f"g{number}-c0", is_new=True)]))
        elif act == ADD_CONDITION and self.may_add_condition:
            for block in self.blocks:
                if block.key == key:
                    number = 1 + max((int(row.key.rpartition("c")[2]) for row in block.rows), default=-1)
                    block.rows.append(Row(f"{key}-c{number}", is_new=True))
        elif act == REMOVE:
            for block in self.blocks:
                block.rows = [row for row in block.rows if row.key != key]
            self.blocks = [block for block in self.blocks if block.rows]
        if not self.blocks:
            self.blocks = [Block("g0", rows=[Row("g0-c0")])]

    def definition(self) -> Definition | None:
        """Gives what was typed as a definition; None where something is wrong, which then stands in `errors`."""
        groups = []
        for block in self.blocks:
            conditions = [one for row in block.rows if (one := self._condition(row)) is not None]
            groups.append(ConditionGroup(block.join, tuple(conditions)))
        if any(row.errors for block in self.blocks for row in block.rows):
            return None
        definition = Definition(self.join, tuple(groups))
        try:
            check_size(definition)
        except InputRefused as error:
            self.errors["conditions"] = error.sentence
            return None
        return definition

    @property
    def may_add_group(self) -> bool:
        """Whether there is room for another group."""
        return len(self.blocks) < MOST_GROUPS and self.may_add_condition

    @property
    def may_add_condition(self) -> bool:
        """Whether there is room for another condition."""
        return sum(len(block.rows) for block in self.blocks) < MOST_CONDITIONS

    @property
    def choices(self) -> Sequence[tuple[str, str]]:
        """The attributes to choose from, by label."""
        return sorted(((one.name, one.label) for one in self.targets.values()), key=lambda choice: choice[1].casefold())

    @property
    def problems(self) -> Sequence[tuple[str, str]]:
        """What is wrong, with the id of the input, in the order of the page."""
        found = [("filter-name", self.errors["name"])] if "name" in self.errors else []
        found += [("filter-source", self.errors["source"])] if "source" in self.errors else []
        found += [
            (f"{row.key}-{part}", sentence)
            for block in self.blocks
            for row in block.rows
            for part, sentence in row.errors.items()
        ]
        return found + ([("filter-conditions", self.errors["conditions"])] if "conditions" in self.errors else [])

    def forget_errors(self) -> None:
        """Takes away what is wrong: somebody is still typing."""
        self.errors.clear()
        for block in self.blocks:
            for row in block.rows:
                row.errors.clear()

    def _condition(self, row: Row) -> Condition | None:
        try:
            return condition_of(row.attribute, row.operator, row.value, row.upto, self.targets)
        except ConditionRefused as error:
            row.errors[error.part] = error.sentence
            return None

    def _settled(self) -> Builder:
        """Gives each row its attribute, and the first comparison that it takes where another one stands there."""
        for block in self.blocks:
            for row in block.rows:
                row.target = self.targets.get(row.attribute)
                if row.target is not None and row.operator not in OPERATORS[row.target.kind]:
                    row.operator = OPERATORS[row.target.kind][0].value
        return self


def segments_of(audiences: Iterable[Audience]) -> list[tuple[str, str]]:
    """Gives what a filter can be laid over: the group's contacts, or a segment of Braze that it was assigned."""
    named = _("%(name)s (Braze segment)")
    segments = [(str(one.pk), named % {"name": one.name}) for one in audiences if one.kind == AudienceKind.SEGMENT]
    return [("", _("The contacts of your group")), *segments]


def _text(post: QueryDict, name: str) -> str:
    return cleaning.shown_text(post.get(name, ""))[:_LONGEST]


def _join(post: QueryDict, name: str) -> Join:
    return Join.ANY if post.get(name) == Join.ANY else Join.ALL
