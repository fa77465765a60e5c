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

from braze_client.audience.attributes import (
    ArrayAttribute,
    AttributeFilter,
    FlagAttribute,
    NumberAttribute,
    TextAttribute,
    TimeAttribute,
)
from braze_client.audience.trees import AllOf, AnyOf, Audience, EmailSubscription, LastUsedApp, PushSubscription

__all__ = [
    "AllOf",
    "AnyOf",
    "ArrayAttribute",
    "AttributeFilter",
    "Audience",
    "EmailSubscription",
    "FlagAttribute",
    "LastUsedApp",
    "NumberAttribute",
    "PushSubscription",
    "TextAttribute",
    "TimeAttribute",
]
