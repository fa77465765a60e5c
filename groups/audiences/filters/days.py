"""Which days a condition on a date means, the day being known from which it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from groups.audiences.filters.definition import Condition, Operator, day_of


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days: from `first` on, and before `end`; None is open."""

    first: date | None
    end: date | None


def days_of(condition: Condition, today: date) -> Days:
    """Gives the days that a comparison of a date means; days back and ahead count from `today`, one of them."""
    one_day = timedelta(days=1)
    match condition.operator:
        case Operator.IS:
            return Days(day_of(condition.value), day_of(condition.value) + one_day)
        case Operator.LESS:
            return Days(None, day_of(condition.value))
        case Operator.MORE:
            return Days(day_of(condition.value) + one_day, None)
        case Operator.BETWEEN:
            return Days(day_of(condition.value), day_of(condition.upto) + one_day)
        case Operator.LAST_DAYS:
            return Days(today - timedelta(days=_number(condition)), today + one_day)
        case Operator.NEXT_DAYS:
            return Days(today, today + timedelta(days=_number(condition)) + one_day)
    raise AssertionError(f"{condition.operator} compares no days.")


def _number(condition: Condition) -> int:
    assert isinstance(condition.value, int)
    return condition.value
