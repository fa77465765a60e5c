"""A filter as a connected audience, for people whom only Braze knows (contract, section 13.3).

Braze filters custom attributes alone; its standard ones are mirrored by the sync under a name of the portal's. Days are
given as moments, so that it does not matter when Braze looks.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.utils.translation import gettext as _

from braze_client import (
    AllOf,
    AnyOf,
    ContractViolation,
    FlagAttribute,
    NumberAttribute,
    TextAttribute,
    TimeAttribute,
)
from braze_client.audience import Audience
from groups.audiences.filters.days import days_of
from groups.audiences.filters.definition import Condition, Definition, Join, Operator, Target, Targets
from groups.errors import InputRefused
from groups.models import AttributeKind

MIRROR: Final = "smartersends_"
_DATE_LIKE: Final = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{2}/\d{2}/\d{4}")
# Braze keeps whole days as their first moment in UTC; it compares by after and before, which leave the moment out.
_A_MOMENT: Final = timedelta(seconds=1)


def connected(definition: Definition, targets: Targets, today: date) -> Audience:
    """Gives the connected audience that finds the same people as the database would.

    Raises `InputRefused` with the reason for what Braze cannot compare.
    """
    groups = [
        _joined([_condition(one, targets[one.attribute], today) for one in group.conditions], group.join)
        for group in definition.groups
    ]
    return _joined(groups, definition.join)


def demand_connectable(definition: Definition, targets: Targets) -> None:
    """Raises `InputRefused` for a filter that Braze cannot apply."""
    connected(definition, targets, date(2026, 1, 1))


def key_of(target: Target) -> str:
    """Gives the custom attribute that holds a target in Braze: its own name, or that of its mirror."""
    return target.braze_name if target.is_custom else f"{MIRROR}{target.braze_name}"


def _condition(condition: Condition, target: Target, today: date) -> Audience:
    try:
        return _compared(condition, target, today)
    except ContractViolation as violation:
        raise InputRefused(
            _("Braze cannot compare “%(label)s” like this: %(reason)s.")
            % {"label": target.label, "reason": violation.message}
        ) from violation


def _compared(condition: Condition, target: Target, today: date) -> Audience:
    name = key_of(target)
    if condition.operator == Operator.IS_EMPTY:
        return TextAttribute(name).does_not_exist()
    if condition.operator == Operator.IS_FILLED:
        return TextAttribute(name).exists()
    match target.kind:
        case AttributeKind.BOOLEAN:
            flag = FlagAttribute(name)
            return flag.is_true() if condition.operator == Operator.YES else flag.is_false()
        case AttributeKind.DATE:
            return _of_days(TimeAttribute(name), condition, today)
        case AttributeKind.NUMBER:
            return _of_numbers(NumberAttribute(name), condition)
        case _:
            return _of_text(TextAttribute(name), condition, target)


def _of_text(attribute: TextAttribute, condition: Condition, target: Target) -> Audience:
    value = str(condition.value)
    if condition.operator in (Operator.IS, Operator.IS_NOT) and _DATE_LIKE.fullmatch(value):
        raise InputRefused(
            _("Braze takes “%(value)s” for a date, so it cannot compare “%(label)s” with it.")
            % {"value": value, "label": target.label}
        )
    match condition.operator:
        case Operator.IS:
            return attribute.equals(value)
        case Operator.IS_NOT:
            return AnyOf(attribute.does_not_exist(), attribute.not_equal(value))
        case Operator.CONTAINS:
            return attribute.matches(re.escape(value))
        case Operator.BEGINS_WITH:
            return attribute.matches(f"^{re.escape(value)}")
    raise AssertionError(f"{condition.operator} compares no text.")


def _of_numbers(attribute: NumberAttribute, condition: Condition) -> Audience:
    value = _number(condition.value)
    match condition.operator:
        case Operator.IS:
            return attribute.equals(value)
        case Operator.LESS:
            return attribute.less_than(value)
        case Operator.MORE:
            return attribute.more_than(value)
        case Operator.BETWEEN:
            return AllOf(attribute.at_least(value), attribute.at_most(_number(condition.upto)))
    raise AssertionError(f"{condition.operator} compares no numbers.")


def _of_days(attribute: TimeAttribute, condition: Condition, today: date) -> Audience:
    days = days_of(condition, today)
    bounds: list[Audience] = []
    if days.first is not None:
        bounds.append(attribute.after(_midnight(days.first) - _A_MOMENT))
    if days.end is not None:
        bounds.append(attribute.before(_midnight(days.end)))
    return _joined(bounds, Join.ALL)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _number(value: object) -> int | float:
    assert isinstance(value, int | float)
    return value


def _joined(parts: list[Audience], join: Join) -> Audience:
    if len(parts) == 1:
        return parts[0]
    return AllOf(*parts) if join == Join.ALL else AnyOf(*parts)
