"""Reading a filter: from what is stored or sent as JSON, and from what somebody typed into one condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.audiences import cleaning
from groups.audiences.filters.definition import (
    FIRST_YEAR,
    IN_DAYS,
    LAST_YEAR,
    MOST_CONDITIONS,
    MOST_DAYS,
    MOST_GROUPS,
    OPERATORS,
    TEXT_CHARACTERS,
    WITHOUT_VALUE,
    Condition,
    ConditionGroup,
    Definition,
    Join,
    Operator,
    Scalar,
    Target,
    Targets,
)
from groups.audiences.rejects import CellRefused
from groups.errors import InputRefused
from groups.models import AttributeKind

_KEYS: Final = frozenset({"attribute", "operator", "value", "upto"})
_LARGEST: Final = 10**18


class ConditionRefused(InputRefused):
    """A condition cannot be taken; `part` is the input that is wrong: `attribute`, `operator`, `value` or `upto`."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part


def read(stored: object, targets: Targets) -> Definition:
    """Gives the definition that JSON holds.

    Raises `InputRefused` for one that is not made of known parts, compares an attribute that the brand does not let
    filters use, or compares with what the attribute cannot be.
    """
    content = _mapping(stored, {"join", "groups"})
    groups = tuple(_group(part, targets) for part in _list(content["groups"]))
    definition = Definition(_join(content["join"]), groups)
    check_size(definition)
    return definition


def check_size(definition: Definition) -> None:
    """Raises `InputRefused` for a filter that is too large, or without conditions, which would mean everybody."""
    if not definition.groups or any(not group.conditions for group in definition.groups):
        raise InputRefused(_("Add a condition: a filter without one would be everybody."))
    if len(definition.groups) > MOST_GROUPS:
        raise InputRefused(_("A filter takes at most %(most)s groups of conditions.") % {"most": MOST_GROUPS})
    if sum(1 for _condition in definition) > MOST_CONDITIONS:
        raise InputRefused(_("A filter takes at most %(most)s conditions.") % {"most": MOST_CONDITIONS})


def condition_of(attribute: str, operator: str, value: str, upto: str, targets: Targets) -> Condition:
    """Gives the condition that somebody typed; what its operator does not need is left out.

    Raises `ConditionRefused`, which names the input.
    """
    target, comparison = _target(attribute, targets), _operator(operator, attribute, targets)
    if comparison in WITHOUT_VALUE:
        return Condition(target.name, comparison)
    read_value = _typed(value, target, comparison, "value")
    if comparison != Operator.BETWEEN:
        return Condition(target.name, comparison, read_value)
    read_upto = _typed(upto, target, comparison, "upto")
    return _in_order(Condition(target.name, comparison, read_value, read_upto))


def _group(stored: object, targets: Targets) -> ConditionGroup:
    content = _mapping(stored, {"join", "conditions"})
    conditions = tuple(_condition(part, targets) for part in _list(content["conditions"]))
    return ConditionGroup(_join(content["join"]), conditions)


def _condition(stored: object, targets: Targets) -> Condition:
    """Reads a stored condition: its values have the type of the attribute already."""
    if not isinstance(stored, Mapping) or not {"attribute", "operator"} <= stored.keys() <= _KEYS:
        raise _unreadable()
    target = _target(str(stored["attribute"]), targets)
    operator = _operator(str(stored["operator"]), target.name, targets)
    needed = set() if operator in WITHOUT_VALUE else {"value"}
    if operator == Operator.BETWEEN:
        needed.add("upto")
    if stored.keys() - {"attribute", "operator"} != needed:
        raise _unreadable()
    values = {part: _kept(stored[part], target, operator, part) for part in needed}
    return _in_order(Condition(target.name, operator, values.get("value"), values.get("upto")))


def _target(name: str, targets: Targets) -> Target:
    if not name:
        raise ConditionRefused("attribute", _("Choose an attribute."))
    if name not in targets:
        raise ConditionRefused(
            "attribute", _("Your brand does not let filters use this attribute. Choose another one.")
        )
    return targets[name]


def _operator(operator: str, attribute: str, targets: Targets) -> Operator:
    target = _target(attribute, targets)
    if operator not in OPERATORS[target.kind]:
        raise ConditionRefused(
            "operator", _("“%(label)s” cannot be compared like this. Choose how.") % {"label": target.label}
        )
    return Operator(operator)


def _typed(text: str, target: Target, operator: Operator, part: str) -> Scalar:
    """Gives what somebody typed as a value of the attribute's kind."""
    kind = AttributeKind.NUMBER if operator in IN_DAYS else target.kind
    try:
        found = cleaning.value(text, kind)
    except CellRefused as error:
        raise ConditionRefused(part, _shape(kind)) from error
    if found is None or isinstance(found, bool):
        raise ConditionRefused(part, _missing(kind))
    return _kept(found, target, operator, part)


def _kept(value: object, target: Target, operator: Operator, part: str) -> Scalar:
    """Gives a value as it is stored; raises `ConditionRefused` for one that the comparison cannot take."""
    if operator in IN_DAYS:
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_DAYS:
            raise ConditionRefused(part, _("Give a number of days from 1 to %(most)s.") % {"most": MOST_DAYS})
        return value
    match target.kind:
        case AttributeKind.NUMBER:
            return _number(value, part)
        case AttributeKind.DATE:
            return _day(value, part)
        case _:
            return _text(value, part)


def _number(value: object, part: str) -> int | float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not isfinite(value) or abs(value) >= _LARGEST:  # type: ignore[arg-type]  # asked before
        raise ConditionRefused(part, _shape(AttributeKind.NUMBER))
    return value  # type: ignore[return-value]  # a number by now


def _day(value: object, part: str) -> str:
    try:
        found = date.fromisoformat(str(value))
    except ValueError as error:
        raise ConditionRefused(part, _shape(AttributeKind.DATE)) from error
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ConditionRefused(
            part, _("Give a day from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return found.isoformat()


def _text(value: object, part: str) -> str:
    if not isinstance(value, str) or not value:
        raise ConditionRefused(part, _missing(AttributeKind.TEXT))
    try:
        return cleaning.short_text(value, TEXT_CHARACTERS)
    except CellRefused as error:
        sentence = ngettext(
            "Use at most %(most)s character, and only those that can be shown.",
            "Use at most %(most)s characters, and only those that can be shown.",
            TEXT_CHARACTERS,
        )
        raise ConditionRefused(part, sentence % {"most": TEXT_CHARACTERS}) from error


def _in_order(condition: Condition) -> Condition:
    low, high = condition.value, condition.upto
    if condition.operator == Operator.BETWEEN and low is not None and high is not None:
        is_upside_down = low > high  # type: ignore[operator]  # both are of the attribute's kind
        if is_upside_down:
            raise ConditionRefused("upto", _("The second value must not be below the first."))
    return condition


def _missing(kind: AttributeKind) -> str:
    match kind:
        case AttributeKind.NUMBER:
            return _("Give a number.")
        case AttributeKind.DATE:
            return _("Give a day.")
        case _:
            return _("Say what to compare with.")


def _shape(kind: AttributeKind) -> str:
    match kind:
        case AttributeKind.NUMBER:
            return _("Give a number in digits, such as 12 or 12.5.")
        case AttributeKind.DATE:
            return _("Give a day such as 2026-11-30.")
        case _:
            return _("Say what to compare with.")


def _join(value: object) -> Join:
    if value not in ("all", "any"):
        raise _unreadable()
    return Join(value)


def _mapping(value: object, keys: set[str]) -> Mapping[str, object]:
    if not isinstance(value, Mapping) or value.keys() != keys:
        raise _unreadable()
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise _unreadable()
    return value


def _unreadable() -> InputRefused:
    return InputRefused(_("This filter cannot be read. Make it anew."))
