"""A filter in words, in the reader's language: "City is Portland and Last visit is in the last 90 days"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from groups.audiences.filters.definition import (
    Condition,
    ConditionGroup,
    Definition,
    Join,
    Operator,
    Scalar,
    Target,
    Targets,
    day_of,
)
from groups.models import AttributeKind

OPERATOR_LABELS: Final[Mapping[str, Mapping[Operator, Promise]]] = {
    AttributeKind.TEXT: {
        Operator.IS: pgettext_lazy("comparison", "is"),
        Operator.IS_NOT: pgettext_lazy("comparison", "is not"),
        Operator.CONTAINS: pgettext_lazy("comparison", "contains"),
        Operator.BEGINS_WITH: pgettext_lazy("comparison", "begins with"),
        Operator.IS_EMPTY: pgettext_lazy("comparison", "is empty"),
        Operator.IS_FILLED: pgettext_lazy("comparison", "is not empty"),
    },
    AttributeKind.NUMBER: {
        Operator.IS: pgettext_lazy("comparison", "is"),
        Operator.LESS: pgettext_lazy("comparison", "is less than"),
        Operator.MORE: pgettext_lazy("comparison", "is more than"),
        Operator.BETWEEN: pgettext_lazy("comparison", "is between"),
        Operator.IS_EMPTY: pgettext_lazy("comparison", "is empty"),
        Operator.IS_FILLED: pgettext_lazy("comparison", "is not empty"),
    },
    AttributeKind.DATE: {
        Operator.IS: pgettext_lazy("comparison", "is"),
        Operator.LESS: pgettext_lazy("comparison", "is before"),
        Operator.MORE: pgettext_lazy("comparison", "is after"),
        Operator.BETWEEN: pgettext_lazy("comparison", "is between"),
        Operator.LAST_DAYS: pgettext_lazy("comparison", "is in the last days"),
        Operator.NEXT_DAYS: pgettext_lazy("comparison", "is in the next days"),
        Operator.IS_EMPTY: pgettext_lazy("comparison", "is empty"),
        Operator.IS_FILLED: pgettext_lazy("comparison", "is not empty"),
    },
    AttributeKind.BOOLEAN: {
        Operator.YES: pgettext_lazy("comparison", "is yes"),
        Operator.NO: pgettext_lazy("comparison", "is no"),
        Operator.IS_EMPTY: pgettext_lazy("comparison", "is empty"),
        Operator.IS_FILLED: pgettext_lazy("comparison", "is not empty"),
    },
}

_SENTENCES: Final[Mapping[Operator, Promise]] = {
    Operator.IS: gettext_lazy("%(attribute)s is %(value)s"),
    Operator.IS_NOT: gettext_lazy("%(attribute)s is not %(value)s"),
    Operator.CONTAINS: gettext_lazy("%(attribute)s contains “%(value)s”"),
    Operator.BEGINS_WITH: gettext_lazy("%(attribute)s begins with “%(value)s”"),
    Operator.LESS: gettext_lazy("%(attribute)s is less than %(value)s"),
    Operator.MORE: gettext_lazy("%(attribute)s is more than %(value)s"),
    Operator.BETWEEN: gettext_lazy("%(attribute)s is between %(value)s and %(upto)s"),
    Operator.YES: gettext_lazy("%(attribute)s is yes"),
    Operator.NO: gettext_lazy("%(attribute)s is no"),
    Operator.IS_EMPTY: gettext_lazy("%(attribute)s is empty"),
    Operator.IS_FILLED: gettext_lazy("%(attribute)s is not empty"),
}
_OF_DATES: Final[Mapping[Operator, Promise]] = {
    Operator.LESS: gettext_lazy("%(attribute)s is before %(value)s"),
    Operator.MORE: gettext_lazy("%(attribute)s is after %(value)s"),
}


def described(definition: Definition, targets: Targets) -> str:
    """Gives a filter in one line; an attribute that is gone is called by its name."""
    parts = [_group(group, targets, is_alone=len(definition.groups) == 1) for group in definition.groups]
    return _joined(parts, definition.join)


def _group(group: ConditionGroup, targets: Targets, *, is_alone: bool) -> str:
    words = _joined([described_condition(one, targets) for one in group.conditions], group.join)
    return words if is_alone or len(group.conditions) == 1 else f"({words})"


def described_condition(condition: Condition, targets: Targets) -> str:
    """Gives one condition in words."""
    target = targets.get(condition.attribute)
    kind = target.kind if target is not None else AttributeKind.TEXT
    words: dict[str, object] = {
        "attribute": target.label if target is not None else condition.attribute,
        "value": _value(condition.value, kind),
        "upto": _value(condition.upto, kind),
    }
    if condition.operator in (Operator.LAST_DAYS, Operator.NEXT_DAYS):
        return _in_days(condition, target) % words
    special = _OF_DATES.get(condition.operator) if kind == AttributeKind.DATE else None
    return str(special or _SENTENCES[condition.operator]) % words


def _in_days(condition: Condition, target: Target | None) -> str:
    days = condition.value if isinstance(condition.value, int) else 0
    if condition.operator == Operator.LAST_DAYS:
        sentence = ngettext(
            "%(attribute)s is in the last %(days)s day", "%(attribute)s is in the last %(days)s days", days
        )
    else:
        sentence = ngettext(
            "%(attribute)s is in the next %(days)s day", "%(attribute)s is in the next %(days)s days", days
        )
    return sentence.replace("%(days)s", number_format(days, force_grouping=True))


def _joined(parts: Iterable[str], join: Join) -> str:
    pattern = _("%(one)s and %(other)s") if join == Join.ALL else _("%(one)s or %(other)s")
    return reduce(lambda one, other: pattern % {"one": one, "other": other}, parts)


def _value(value: Scalar | None, kind: AttributeKind) -> str:
    if value is None:
        return ""
    if kind == AttributeKind.DATE and isinstance(value, str):
        return date_format(day_of(value), "DATE_FORMAT")
    return value if isinstance(value, str) else number_format(value, force_grouping=True)
