"""Counting calls to Braze by endpoint and by what became of them."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter

from braze_client import (
    BrazeError,
    Call,
    KeyRefused,
    NotSent,
    PartlyRefused,
    PermissionRefused,
    RateLimited,
    Refused,
    Uncertain,
)

CALLS: Final = Counter(
    "smartersends_braze_calls_total", "Requests to Braze by endpoint and outcome.", ["endpoint", "outcome"]
)


def count_call(call: Call[object], error: BrazeError | None) -> None:
    """Counts a request to Braze."""
    CALLS.labels(endpoint=call.path, outcome=outcome_of(error)).inc()


def outcome_of(error: BrazeError | None) -> str:
    """Gives the name of what became of a call: what the ledger tells apart, and which refusal it was."""
    match error:
        case None:
            return "accepted"
        case RateLimited():
            return "rate_limited"
        case NotSent():
            return "not_sent"
        case KeyRefused():
            return "key_refused"
        case PermissionRefused():
            return "permission_refused"
        case Refused():
            return "refused"
        case PartlyRefused():
            return "partly_refused"
        case Uncertain(may_have_acted=False):
            return "unreadable"
        case _:
            return "uncertain"
