"""A filter as a condition on contacts: typed, the same on both databases, and as the indexes of targets are made.

An attribute that is missing, null, empty text, or of another type than its kind, counts as empty. What is empty matches
*is empty* and *is not*, and nothing else. Text is compared as it is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func

from groups.audiences.filters.days import days_of
from groups.audiences.filters.definition import Condition, Definition, Join, Operator, Scalar, Targets
from groups.models import AttributeKind

# The value of an attribute by its kind, NULL where it is empty; `{0}` is the column, `{1}` the quoted name. The indexes
# of targets hold the very same expressions.
_PG_TEXT: Final = "(NULLIF(CASE WHEN jsonb_typeof({0} -> {1}) = 'string' THEN {0} ->> {1} END, '') COLLATE \"C\")"
_VALUES: Final[dict[str, dict[str, str]]] = {
    "postgresql": {
        AttributeKind.TEXT: _PG_TEXT,
        AttributeKind.DATE: _PG_TEXT,
        AttributeKind.NUMBER: "(CASE WHEN jsonb_typeof({0} -> {1}) = 'number' THEN ({0} ->> {1})::numeric END)",
        AttributeKind.BOOLEAN: "(CASE WHEN jsonb_typeof({0} -> {1}) = 'boolean' THEN ({0} ->> {1})::boolean END)",
    },
    "sqlite": {
        AttributeKind.TEXT: "NULLIF(CASE WHEN json_type({0}, {1}) = 'text' THEN json_extract({0}, {1}) END, '')",
        AttributeKind.DATE: "NULLIF(CASE WHEN json_type({0}, {1}) = 'text' THEN json_extract({0}, {1}) END, '')",
        AttributeKind.NUMBER: "CASE WHEN json_type({0}, {1}) IN ('integer', 'real') THEN json_extract({0}, {1}) END",
        AttributeKind.BOOLEAN: "CASE WHEN json_type({0}, {1}) IN ('true', 'false') THEN json_extract({0}, {1}) END",
    },
}
_CONTAINS: Final = {"postgresql": "strpos({0}, %s) > 0", "sqlite": "instr({0}, %s) > 0"}


class Matches(Func):
    """The condition that a contact matches a filter; `today` is the day from which days count."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, definition: Definition, targets: Targets, today: date, column: str = "attributes") -> None:
        super().__init__(F(column))
        self.definition, self.targets, self.today = definition, targets, today

    def as_sql(  # type: ignore[override]  # what stands in it is its own
        self, compiler: Any, connection: BaseDatabaseWrapper, **_options: object
    ) -> tuple[str, list[Any]]:
        """Gives the condition and its parameters."""
        column, _nothing = compiler.compile(self.source_expressions[0])
        parts, parameters = [], []
        for group in self.definition.groups:
            pieces = [self._condition(one, column, connection.vendor) for one in group.conditions]
            parts.append(_joined([sql for sql, _values in pieces], group.join))
            parameters += [value for _sql, values in pieces for value in values]
        return _joined(parts, self.definition.join), parameters

    def _condition(self, condition: Condition, column: str, vendor: str) -> tuple[str, list[Any]]:
        target = self.targets[condition.attribute]
        value = value_sql(target.name, target.kind, column, vendor).replace("%", "%%")
        operator = condition.operator
        match operator:
            case Operator.IS_EMPTY:
                return f"{value} IS NULL", []
            case Operator.IS_FILLED:
                return f"{value} IS NOT NULL", []
            case Operator.YES | Operator.NO:
                return (value if operator == Operator.YES else f"NOT {value}"), []
        if target.kind == AttributeKind.DATE:
            return _of_days(condition, value, self.today)
        compared = _compared(condition.value, vendor)
        match operator:
            case Operator.IS:
                return f"{value} = %s", [compared]
            case Operator.IS_NOT:
                return f"({value} <> %s OR {value} IS NULL)", [compared]
            case Operator.CONTAINS:
                return _CONTAINS[vendor].format(value), [compared]
            case Operator.BEGINS_WITH:
                return _beginning_with(str(condition.value), value)
            case Operator.LESS:
                return f"{value} < %s", [compared]
            case Operator.MORE:
                return f"{value} > %s", [compared]
            case Operator.BETWEEN:
                return f"{value} BETWEEN %s AND %s", [compared, _compared(condition.upto, vendor)]
        raise AssertionError(f"{operator} compares no {target.kind}.")


def value_sql(name: str, kind: str, column: str, vendor: str) -> str:
    """Gives the expression of an attribute's value, without parameters, so that an index can hold it."""
    path = name if vendor == "postgresql" else f'$."{name}"'
    quoted = "'" + path.replace("'", "''") + "'"
    return _VALUES[vendor][kind].format(column, quoted)


def _of_days(condition: Condition, value: str, today: date) -> tuple[str, list[Any]]:
    """Compares days as text: `2026-11-30` sorts as the day does, and a time after it belongs to the day."""
    days = days_of(condition, today)
    bounds = [(f"{value} >= %s", days.first), (f"{value} < %s", days.end)]
    given = [(sql, day.isoformat()) for sql, day in bounds if day is not None]
    return _joined([sql for sql, _day in given], Join.ALL), [day for _sql, day in given]


def _beginning_with(prefix: str, value: str) -> tuple[str, list[Any]]:
    """Compares with a range, which an index serves: text sorts by its characters, so a prefix is a range."""
    after = ord(prefix[-1]) + 1
    # Between these lie no characters, but halves of some.
    after = 0xE000 if after == 0xD800 else after
    if after > 0x10FFFF:
        return f"{value} >= %s", [prefix]
    return f"({value} >= %s AND {value} < %s)", [prefix, prefix[:-1] + chr(after)]


def _compared(value: Scalar | None, vendor: str) -> Any:
    """Gives a value as the database compares it: a number as PostgreSQL's numeric, so that an index serves."""
    if vendor == "postgresql" and isinstance(value, int | float):
        return Decimal(repr(value))
    return value


def _joined(parts: Sequence[str], join: Join) -> str:
    between = " AND " if join == Join.ALL else " OR "
    return parts[0] if len(parts) == 1 else "(" + between.join(parts) + ")"
