"""Who is in a segment or a connected audience: filters read over profiles (contract section 8, 13.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.profiles import Profile

Matcher = Callable[[Profile], bool]
MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of the sandbox."""

    segment_id: str
    name: str
    filters: str
    text_description: str
    is_member: Callable[[Profile, float], bool]
    created_at: str = "2026-01-05T09:00:00Z"
    has_analytics: bool = True
    """Whether Braze keeps its sizes (B-SEG-2)."""


def _has_email(profile: Profile, now: float) -> bool:
    return profile.email is not None


def _is_loyal(profile: Profile, now: float) -> bool:
    return profile.custom.get("loyalty_tier") in ("silver", "gold")


def _visited_lately(profile: Profile, now: float) -> bool:
    visit = _moment(profile.custom.get("last_visit"))
    return visit is not None and visit >= datetime.fromtimestamp(now, UTC) - timedelta(days=90)


DEFAULT_SEGMENTS = (
    Segment(
        "5f0c2e51-8a4b-4c0d-9d55-0a6f1c7e1a01",
        "All subscribers",
        "Email address is not blank",
        "Everyone with an email address.",
        _has_email,
    ),
    Segment(
        "5f0c2e51-8a4b-4c0d-9d55-0a6f1c7e1a02",
        "Loyalty members",
        "loyalty_tier is any of silver, gold",
        "Members of the loyalty programme with tier silver or gold.",
        _is_loyal,
    ),
    Segment(
        "5f0c2e51-8a4b-4c0d-9d55-0a6f1c7e1a03",
        "Recent visitors",
        "last_visit is less than 90 days ago",
        "People who visited a store in the last 90 days.",
        _visited_lately,
    ),
    Segment(
        "5f0c2e51-8a4b-4c0d-9d55-0a6f1c7e1a04",
        "Everyone",
        "All users",
        "Everyone, with an email address or without; its size is not tracked.",
        lambda profile, now: True,
        has_analytics=False,
    ),
)


def audience_matcher(audience: Mapping[str, object], now: float, depth: int = 0) -> Matcher:
    """Returns the test of a connected audience; an unknown filter or operator is 400."""
    if depth > MAX_DEPTH or len(audience) != 1:
        raise Refusal("Invalid audience")
    (kind, content), *_ = audience.items()
    if kind in ("AND", "OR"):
        if not isinstance(content, list) or not content:
            raise Refusal("Invalid audience")
        parts = [audience_matcher(_object(part), now, depth + 1) for part in content]
        together = all if kind == "AND" else any
        return lambda profile: together(part(profile) for part in parts)
    filter_ = _object(content)
    comparison, value = str(filter_.get("comparison")), filter_.get("value")
    if kind == "custom_attribute":
        name = str(filter_.get("custom_attribute_name") or "")
        compare = _comparison(comparison, value, now)
        if not name:
            raise Refusal("Invalid audience")
        return lambda profile: compare(profile.custom.get(name))
    if kind == "email_subscription_status" and comparison in ("is", "is_not"):
        return lambda profile: (profile.email_subscribe == value) == (comparison == "is")
    if kind == "push_subscription_status" and comparison in ("is", "is_not"):
        return lambda profile: (profile.fields.get("push_subscribe", "subscribed") == value) == (comparison == "is")
    if kind == "last_used_app" and comparison in ("after", "before"):
        compare = _comparison(comparison, value, now)
        return lambda profile: compare(profile.fields.get("date_of_last_session"))
    raise Refusal("Invalid audience")


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Refusal("Invalid audience")
    return value


def _comparison(comparison: str, value: object, now: float) -> Callable[[object], bool]:
    """Returns the test of one value; a person without the attribute matches does_not_exist and not_equal only.

    `does_not_include_value` does not match people who lack the attribute: the careful reading (disagreement 28).
    """
    match comparison:
        case "exists":
            return lambda held: held is not None
        case "does_not_exist":
            return lambda held: held is None
        case "equals":
            return lambda held: held == value
        case "not_equal" | "does_not_equal":
            return lambda held: held != value
        case "matches_regex" | "does_not_match_regex":
            return _regex_test(value, is_wanted=comparison == "matches_regex")
        case "includes_value":
            return lambda held: isinstance(held, list) and value in held
        case "does_not_include_value":
            return lambda held: isinstance(held, list) and value not in held
        case "greater_than" | "greater_than_or_equal_to" | "less_than" | "less_than_or_equal_to":
            return _number_test(comparison, value)
        case _:
            return _time_test(comparison, value, now)


def _regex_test(value: object, *, is_wanted: bool) -> Callable[[object], bool]:
    try:
        pattern = re.compile(str(value))
    except re.error:
        raise Refusal("Invalid audience") from None
    return lambda held: isinstance(held, str) and (pattern.search(held) is not None) == is_wanted


def _number_test(comparison: str, value: object) -> Callable[[object], bool]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal("Invalid audience")
    bound = value

    def test(held: object) -> bool:
        if isinstance(held, bool) or not isinstance(held, int | float):
            return False
        if held == bound:
            return comparison.endswith("_or_equal_to")
        return (held > bound) == comparison.startswith("greater")

    return test


def _time_test(comparison: str, value: object, now: float) -> Callable[[object], bool]:
    today = datetime.fromtimestamp(now, UTC)
    if comparison in ("after", "before"):
        bound, is_later_wanted = _moment(value), comparison == "after"
    elif isinstance(value, int) and comparison in ("less_than_x_days_ago", "greater_than_x_days_ago"):
        bound, is_later_wanted = today - timedelta(days=value), comparison.startswith("less")
    elif isinstance(value, int) and comparison.endswith("_than_x_days_in_the_future"):
        bound, is_later_wanted = today + timedelta(days=value), comparison.startswith("greater")
    else:
        raise Refusal("Invalid audience")
    if bound is None:
        raise Refusal("Invalid audience")
    limit = bound

    def test(held: object) -> bool:
        moment = _moment(held)
        return moment is not None and (moment > limit if is_later_wanted else moment < limit)

    return test


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
