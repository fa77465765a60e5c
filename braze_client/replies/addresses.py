"""What Braze knows of addresses: subscription states, unsubscribes, hard bounces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SubscriptionState = Literal["subscribed", "unsubscribed", "unknown"]


@dataclass(frozen=True, slots=True)
class SubscriptionStates:
    """The state in one subscription group by external ID; Braze's spelling of it varies (contract, section 12)."""

    states: Mapping[str, SubscriptionState]


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """One address of a list, and when it came on it; None where Braze's time cannot be read (B-EML-1)."""

    email: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class AddressPage:
    """One page of a list of addresses; one with fewer than were asked for is the last."""

    items: tuple[ListedAddress, ...]
    is_last: bool
