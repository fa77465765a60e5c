"""Connected-audience filters: who of Braze's people a broadcast reaches (contract, section 13.3).

An attribute is named with its type, and only the comparisons of that type can be written::

    AllOf(
        ArrayAttribute("smartersends_groups").includes("US-001"),
        AnyOf(NumberAttribute("visits").at_least(3), TimeAttribute("last_visit").within_days(90)),
        EmailSubscription("is", "opted_in"),
    )

Braze cannot filter on its own profile fields (email, country, ...), on members of nested objects, on events or on
engagement: those names are refused. A segment is named beside the audience, not in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from braze_client.errors import ContractViolation
from braze_client.limits import INTEGER_BITS, TEXT_CHARACTERS, demand
from braze_client.messages.attributes import CONTROL_KEYS, IDENTIFYING_KEYS, STANDARD_KEYS
from braze_client.messages.schedule import utc_text

SubscriptionState = Literal["opted_in", "subscribed", "unsubscribed"]
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
STATES: Final = frozenset({"opted_in", "subscribed", "unsubscribed"})
NESTED = re.compile(r"[.\[\]]")
MOST_DAYS = 36_500


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
        return AttributeFilter(self.name, "equals", _text(value))

    def not_equal(self, value: str) -> AttributeFilter:
        """Match people whose text is another one."""
        return AttributeFilter(self.name, "not_equal", _text(value))

    def matches(self, pattern: str) -> AttributeFilter:
        """Match people whose text holds what the regular expression describes."""
        return AttributeFilter(self.name, "matches_regex", _pattern(pattern))

    def does_not_match(self, pattern: str) -> AttributeFilter:
        """Match people whose text does not hold what the regular expression describes."""
        return AttributeFilter(self.name, "does_not_match_regex", _pattern(pattern))


class ArrayAttribute(_Attribute):
    """A custom attribute that holds several texts."""

    __slots__ = ()

    def includes(self, value: str) -> AttributeFilter:
        """Match people whose array holds the text."""
        return AttributeFilter(self.name, "includes_value", _text(value))

    def does_not_include(self, value: str) -> AttributeFilter:
        """Match people whose array does not hold the text.

        Braze does not say what it does with people who lack the attribute: seed it as an empty array (18, row 28).
        """
        return AttributeFilter(self.name, "does_not_include_value", _text(value))


class NumberAttribute(_Attribute):
    """A custom attribute that holds a number."""

    __slots__ = ()

    def equals(self, value: float) -> AttributeFilter:
        """Match people whose number is this one."""
        return AttributeFilter(self.name, "equals", _number(value))

    def not_equal(self, value: float) -> AttributeFilter:
        """Match people whose number is another one."""
        return AttributeFilter(self.name, "not_equal", _number(value))

    def more_than(self, value: float) -> AttributeFilter:
        """Match people whose number is above this one."""
        return AttributeFilter(self.name, "greater_than", _number(value))

    def at_least(self, value: float) -> AttributeFilter:
        """Match people whose number is this one or above."""
        return AttributeFilter(self.name, "greater_than_or_equal_to", _number(value))

    def less_than(self, value: float) -> AttributeFilter:
        """Match people whose number is below this one."""
        return AttributeFilter(self.name, "less_than", _number(value))

    def at_most(self, value: float) -> AttributeFilter:
        """Match people whose number is this one or below."""
        return AttributeFilter(self.name, "less_than_or_equal_to", _number(value))


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
        return AttributeFilter(self.name, "after", _moment(moment))

    def before(self, moment: datetime) -> AttributeFilter:
        """Match people whose time lies before an aware one."""
        return AttributeFilter(self.name, "before", _moment(moment))

    def within_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies less than so many days back."""
        return AttributeFilter(self.name, "less_than_x_days_ago", _days(days))

    def before_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies more than so many days back."""
        return AttributeFilter(self.name, "greater_than_x_days_ago", _days(days))

    def in_less_than_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies less than so many days ahead."""
        return AttributeFilter(self.name, "less_than_x_days_in_the_future", _days(days))

    def in_more_than_days(self, days: int) -> AttributeFilter:
        """Match people whose time lies more than so many days ahead."""
        return AttributeFilter(self.name, "greater_than_x_days_in_the_future", _days(days))


@dataclass(frozen=True, slots=True)
class EmailSubscription:
    """A filter on the global email subscription state."""

    comparison: Literal["is", "is_not"]
    state: SubscriptionState

    def __post_init__(self) -> None:
        _check_subscription(self.comparison, self.state)

    def as_json(self) -> dict[str, object]:
        """Return the filter object."""
        return {"email_subscription_status": {"comparison": self.comparison, "value": self.state}}


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """A filter on the global push subscription state."""

    comparison: Literal["is", "is_not"]
    state: SubscriptionState

    def __post_init__(self) -> None:
        _check_subscription(self.comparison, self.state)

    def as_json(self) -> dict[str, object]:
        """Return the filter object."""
        return {"push_subscription_status": {"comparison": self.comparison, "value": self.state}}


@dataclass(frozen=True, slots=True)
class LastUsedApp:
    """A filter on when a person last used an app of the brand; ``moment`` is aware."""

    comparison: Literal["after", "before"]
    moment: datetime

    def __post_init__(self) -> None:
        demand("13.3", self.comparison in ("after", "before"), "a last use compares by after and before")
        _moment(self.moment)

    def as_json(self) -> dict[str, object]:
        """Return the filter object."""
        return {"last_used_app": {"comparison": self.comparison, "value": _moment(self.moment)}}


@dataclass(frozen=True, slots=True, init=False)
class AllOf:
    """Everyone whom each of the parts matches; without parts it would be everyone, so that is refused."""

    parts: tuple[Audience, ...]

    def __init__(self, *parts: Audience) -> None:
        object.__setattr__(self, "parts", _parts(parts))

    def as_json(self) -> dict[str, object]:
        """Return the ``AND`` object."""
        return {"AND": [part.as_json() for part in self.parts]}


@dataclass(frozen=True, slots=True, init=False)
class AnyOf:
    """Everyone whom at least one of the parts matches."""

    parts: tuple[Audience, ...]

    def __init__(self, *parts: Audience) -> None:
        object.__setattr__(self, "parts", _parts(parts))

    def as_json(self) -> dict[str, object]:
        """Return the ``OR`` object."""
        return {"OR": [part.as_json() for part in self.parts]}


Audience = AttributeFilter | EmailSubscription | PushSubscription | LastUsedApp | AllOf | AnyOf


def _parts(parts: tuple[Audience, ...]) -> tuple[Audience, ...]:
    demand("13.3", bool(parts), "an audience without filters would mean everyone")
    for part in parts:
        is_filter = not isinstance(part, (str, Mapping, _Attribute))
        demand("13.3", is_filter, "an audience is made of filters: compare the attribute with something")
    return parts


def _check_subscription(comparison: str, state: str) -> None:
    demand("13.3", comparison in ("is", "is_not"), "a subscription compares by is and is_not")
    demand("13.3", state in STATES, "unknown subscription state")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ContractViolation("13.3", "a filter on text takes text")
    demand("13.3", 0 < len(value) <= TEXT_CHARACTERS, "a filter's text has 1 to 255 characters")
    return value


def _pattern(value: object) -> str:
    pattern = _text(value)
    try:
        re.compile(pattern)
    except re.error as problem:
        raise ContractViolation("13.3", f"the regular expression cannot be read: {problem}") from problem
    return pattern


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ContractViolation("13.3", "a filter on a number takes a number")
    demand("13.3", math.isfinite(value), "a filter takes no infinity and no NaN")
    demand("13.3", isinstance(value, float) or value.bit_length() <= INTEGER_BITS, "the number is too large")
    return value


def _days(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ContractViolation("13.3", "days are a whole number")
    demand("13.3", 0 <= value <= MOST_DAYS, "days are 0 to 36,500")
    return value


def _moment(value: object) -> str:
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ContractViolation("13.3", "a filter on a time takes an aware time")
    return utc_text(value)
