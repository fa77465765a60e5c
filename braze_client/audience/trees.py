"""Filters on subscriptions and use, and how filters are joined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from braze_client.audience.attributes import AttributeFilter
from braze_client.audience.values import moment_value
from braze_client.limits import demand

SubscriptionState = Literal["opted_in", "subscribed", "unsubscribed"]

STATES: Final = frozenset({"opted_in", "subscribed", "unsubscribed"})


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
        moment_value(self.moment)

    def as_json(self) -> dict[str, object]:
        """Return the filter object."""
        return {"last_used_app": {"comparison": self.comparison, "value": moment_value(self.moment)}}


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
        is_filter = isinstance(part, (AttributeFilter, EmailSubscription, PushSubscription, LastUsedApp, AllOf, AnyOf))
        demand("13.3", is_filter, "an audience is made of filters: compare the attribute with something")
    return parts


def _check_subscription(comparison: str, state: str) -> None:
    demand("13.3", comparison in ("is", "is_not"), "a subscription compares by is and is_not")
    demand("13.3", state in STATES, "unknown subscription state")
