"""Connected-audience filters: who of Braze's people a broadcast reaches (contract, section 13.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from braze_client.errors import ContractViolation
from braze_client.limits import TEXT_CHARACTERS, demand, json_value
from braze_client.messages import utc_text

Value = str | int | float | bool | datetime | None
EmailState = Literal["opted_in", "subscribed", "unsubscribed"]

PRESENCE: Final = frozenset({"exists", "does_not_exist"})
TEXT: Final = frozenset(
    {
        "equals",
        "not_equal",
        "matches_regex",
        "does_not_match_regex",
        "includes_value",
        "does_not_include_value",
    }
)
NUMBER: Final = frozenset(
    {
        "equals",
        "not_equal",
        "greater_than",
        "greater_than_or_equal_to",
        "less_than",
        "less_than_or_equal_to",
        "less_than_x_days_ago",
        "greater_than_x_days_ago",
        "less_than_x_days_in_the_future",
        "greater_than_x_days_in_the_future",
    }
)
TRUTH: Final = frozenset({"equals"})
TIME: Final = frozenset({"after", "before"})


@dataclass(frozen=True, slots=True)
class CustomAttribute:
    """A filter on one custom attribute; the comparison must suit the kind of ``value``.

    Text and array members: ``equals``, ``not_equal``, ``matches_regex``, ``does_not_match_regex``,
    ``includes_value``, ``does_not_include_value``. Numbers: ``equals``, ``not_equal``, ``greater_than``,
    ``less_than``, each of the two also ``_or_equal_to``, and the four ``_x_days_`` of times. Truth values: ``equals``
    only, because Braze's pages disagree on the other word. Aware times: ``after``, ``before``. No value: ``exists``,
    ``does_not_exist``. Raises :class:`ContractViolation`.
    """

    name: str
    comparison: str
    value: Value = None

    def __post_init__(self) -> None:
        demand("13.3", 0 < len(self.name.strip()) <= TEXT_CHARACTERS, "a filter names no attribute")
        demand("13.3", self.comparison in self._allowed(), f"{self.comparison} does not suit the value")
        json_value(self.value, self.name)

    def _allowed(self) -> frozenset[str]:
        match self.value:
            case None:
                return PRESENCE
            case bool():
                return TRUTH
            case str():
                return TEXT
            case int() | float():
                return NUMBER
            case datetime():
                return TIME
            case _:
                raise ContractViolation("13.3", "a filter takes text, a number, a truth value or a time")

    def as_json(self) -> dict[str, object]:
        """Return the filter object; a time goes as ISO 8601 in UTC."""
        document: dict[str, object] = {"custom_attribute_name": self.name, "comparison": self.comparison}
        if self.value is not None:
            document["value"] = utc_text(self.value) if isinstance(self.value, datetime) else self.value
        return {"custom_attribute": document}


@dataclass(frozen=True, slots=True)
class EmailSubscription:
    """A filter on the global email subscription state."""

    comparison: Literal["is", "is_not"]
    state: EmailState

    def __post_init__(self) -> None:
        demand("13.3", self.comparison in ("is", "is_not"), "email subscription compares by is and is_not")
        demand("13.3", self.state in ("opted_in", "subscribed", "unsubscribed"), "unknown email subscription state")

    def as_json(self) -> dict[str, object]:
        """Return the filter object."""
        return {"email_subscription_status": {"comparison": self.comparison, "value": self.state}}


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


Audience = CustomAttribute | EmailSubscription | AllOf | AnyOf


def _parts(parts: tuple[Audience, ...]) -> tuple[Audience, ...]:
    demand("13.3", bool(parts), "an audience without filters would mean everyone")
    for part in parts:
        demand("13.3", not isinstance(part, (str, Mapping)), "an audience is made of filters")
    return parts
