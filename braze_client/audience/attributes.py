"""Custom attributes by type: only the comparisons of a type can be written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from braze_client.audience.values import days_value, moment_value, number_value, pattern_value, text_value
from braze_client.limits import TEXT_CHARACTERS, demand
from braze_client.messages.attributes import CONTROL_KEYS, IDENTIFYING_KEYS, STANDARD_KEYS

Comparison = Literal[
    "equals",
    "not_equal",
    "matches_regex",
    "does_not_match_regex",
    "includes_value",
    "does_not_include_value",
    "greater_than",
    "greater_than_or_equal_to",
    "less_than",
    "less_than_or_equal_to",
    "less_than_x_days_ago",
    "greater_than_x_days_ago",
    "less_than_x_days_in_the_future",
    "greater_than_x_days_in_the_future",
    "after",
    "before",
    "exists",
    "does_not_exist",
]

NOT_FILTERED: Final = STANDARD_KEYS | IDENTIFYING_KEYS | CONTROL_KEYS
NESTED = re.compile(r"[.\[\]]")


@dataclass(frozen=True, slots=True)
class AttributeFilter:
    """One comparison of one custom attribute, as the typed attributes below make it."""

    name: str
    comparison: Comparison
    value: str | int | float | bool | None = None

    def as_json(self) -> dict[str, object]:
        """Return the filter object."""
        document: dict[str, object] = {"custom_attribute_name": self.name, "comparison": self.comparison}
        if self.value is not None:
            document["value"] = self.value
        return {"custom_attribute": document}


@dataclass(frozen=True, slots=True)
class _Attribute:
    """A custom attribute by name; raises :class:`ContractViolation` for what Braze cannot filter on."""

    name: str

    def __post_init__(self) -> None:
        demand("13.3", 0 < len(self.name.strip()) <= TEXT_CHARACTERS, "a filter names no attribute")
        demand("13.3", self.name not in NOT_FILTERED, f"Braze cannot filter on its own field {self.name}")
        demand("13.3", NESTED.search(self.name) is None, f"Braze cannot filter on {self.name}, inside a nested object")

    def exists(self) -> AttributeFilter:
        """Match people who have the attribute."""
        return AttributeFilter(self.name, "exists")

    def does_not_exist(self) -> AttributeFilter:
        """Match people who lack the attribute."""
        return AttributeFilter(self.name, "does_not_exist")


class TextAttribute(_Attribute):
    """A custom attribute that holds text."""

    __slots__ = ()

    def equals(self, value: str) -> AttributeFilter:
        """Match people whose text is this one."""
        return AttributeFilter(self.name, "equals", text_value(value))

    def not_equal(self, value: str) -> AttributeFilter:
        """Match people whose text is another one."""
        return AttributeFilter(self.name, "not_equal", text_value(value))

    def matches(self, pattern: str) -> AttributeFilter:
        """Match people whose text holds what the regular expression describes."""
        return AttributeFilter(self.name, "matches_regex", pattern_value(pattern))

    def does_not_match(self, pattern: str) -> AttributeFilter:
        """Match people whose text does not hold what the regular expression describes."""
        return AttributeFilter(self.name, "does_not_match_regex", pattern_value(pattern))


class ArrayAttribute(_Attribute):
    """A custom attribute that holds several texts."""

    __slots__ = ()

    def includes(self, value: str) -> AttributeFilter:
        """Match people whose array holds the text."""
        return AttributeFilter(self.name, "includes_value", text_value(value))

    def does_not_include(self, value: str) -> AttributeFilter:
        """Match people whose array does not hold the text.

        Braze does not say what it does with people who lack the attribute: seed it as an empty array (18, row 28).
        """
        return AttributeFilter(self.name, "does_not_include_value", text_value(value))


class NumberAttribute(_Attribute):
    """A custom attribute that holds a number."""

    __slots__ = ()

    def equals(self, value: float) -> AttributeFilter:
        """Match people whose number is this one."""
        return AttributeFilter(self.name, "equals", number_value(value))

    def not_equal(self, value: float) -> AttributeFilter:
        """Match people whose number is another one."""
        return AttributeFilter(self.name, "not_equal", number_value(value))

    def more_than(self, value: float) -> AttributeFilter:
        """Match people whose number is above this one."""
        return AttributeFilter(self.name, "greater_than", number_value(value))

    def at_least(self, value: float) -> AttributeFilter:
        """Match people whose number is this one or above."""
        return AttributeFilter(self.name, "greater_than_or_equal_to", number_value(value))

    def less_than(self, value: float) -> AttributeFilter:
        """Match people whose number is below this one."""
        return AttributeFilter(self.name, "less_than", number_value(value))

    def at_most(self, value: float) -> AttributeFilter:
        """Match people whose number is this one or below."""
        return AttributeFilter(self.name, "less_than_or_equal_to", number_value(value))


class FlagAttribute(_Attribute):
    """A custom attribute that holds true or false; Braze's pages agree on ``equals`` only (18, row 20)."""

    __slots__ = ()

    def is_true(self) -> AttributeFilter:
        """Match people for whom it is true."""
        return AttributeFilter(self.name, "equals", True)

    def is_false(self) -> AttributeFilter:
        """Match people for whom it is false."""
        return AttributeFilter(self.name, "equals", False)


class TimeAttribute(_Attribute):
    """A custom attribute that holds a time; days count from the moment at which Braze looks."""

    __slots__ = ()

    def after(self, moment: datetime) -> AttributeFilter:
        """Match people whose time lies after an aware one."""
        return AttributeFilter(self.name, "after", moment_value(moment))

    def before(self, moment: datetime) -> AttributeFilter:
        """Match people whose time lies before an aware one."""
        return AttributeFilter(self.name, "before", moment_value(moment))

    def within_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies less than so many days back."""
        return AttributeFilter(self.name, "less_than_x_days_ago", days_value(days))

    def before_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies more than so many days back."""
        return AttributeFilter(self.name, "greater_than_x_days_ago", days_value(days))

    def in_less_than_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies less than so many days ahead."""
        return AttributeFilter(self.name, "less_than_x_days_in_the_future", days_value(days))

    def in_more_than_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies more than so many days ahead."""
        return AttributeFilter(self.name, "greater_than_x_days_in_the_future", days_value(days))
