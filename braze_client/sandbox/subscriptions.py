"""/email and /subscription: who may be mailed, and who bounced (contract section 12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from braze_client.sandbox.endpoint import Call, Endpoint
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.profiles import SUBSCRIPTION_STATES, Profile
from braze_client.sandbox.reading import MAX_IDS, TOO_MANY_IDS, Body, optional_text, texts
from braze_client.sandbox.state import State
from braze_client.sandbox.windows import DAY_SECONDS, SUBSCRIPTION_SET

EMAIL_OR_PHONE = "Either an email address or a phone number should be provided, but not both."
INVALID_GROUP = "Invalid subscription group ID"
MAX_PAGE = 500
_UUID_SHAPE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def unsubscribes(state: State, call: Call) -> dict[str, object]:
    """Returns unsubscribed addresses of a range of days, newest first (B-EML-1)."""
    moments = {
        profile.email: profile.unsubscribed_at
        for profile in state.profiles
        if profile.email and profile.unsubscribed_at and profile.email_subscribe == "unsubscribed"
    }
    is_ascending = optional_text(call.query, "sort_direction") == "asc"
    return {"emails": _listed(moments, call, key="unsubscribed_at", is_ascending=is_ascending)}


def hard_bounces(state: State, call: Call) -> dict[str, object]:
    """Returns bounced addresses of a range of days, newest first; with an email the range is ignored."""
    moments = state.engagement.hard_bounces
    return {"emails": _listed(moments, call, key="hard_bounced_at", is_ascending=False)}


def email_status(state: State, call: Call) -> dict[str, object]:
    """Sets the global state of up to 50 addresses; an unknown one keeps it until it appears."""
    wanted, emails = optional_text(call.body, "subscription_state"), texts(call.body, "email")
    if wanted not in SUBSCRIPTION_STATES or not emails:
        raise Refusal("email and a valid subscription_state are required")
    _at_most_50(emails)
    for email in emails:
        state.profiles.set_email_state(email, wanted, call.now)
    return {}


def status_set(state: State, call: Call) -> dict[str, object]:
    """Sets a subscription group's state on every profile that shares the address (B-TRK-10)."""
    group_id = _group_id(call.body)
    wanted = optional_text(call.body, "subscription_state")
    if wanted not in ("subscribed", "unsubscribed"):
        raise Refusal("subscription_state must be subscribed or unsubscribed")
    for profile in _people(state, call.body):
        state.profiles.set_group_state(profile, group_id, wanted)
    return {}


def status_get(state: State, call: Call) -> dict[str, object]:
    """Returns the group's state per external id; somebody without one is `unknown`, in lower case as on the wire."""
    group_id = _group_id(call.query)
    status = dict.fromkeys(texts(call.query, "external_id"), "unknown")
    for profile in _people(state, call.query):
        held = profile.subscription_groups.get(group_id)
        status[profile.label] = held.capitalize() if held else "unknown"
    return {"status": status}


def _listed(
    moments: Mapping[str, float | None], call: Call, *, key: str, is_ascending: bool
) -> list[dict[str, object]]:
    query = call.query
    email, start, end = (optional_text(query, name) for name in ("email", "start_date", "end_date"))
    if email is None and (start is None or end is None):
        raise Refusal("end_date and either start_date or email are required")
    earliest, latest = _midnight(start or "1970-01-01"), _midnight(end) if end else call.now + DAY_SECONDS
    limit = min(int(_digits(query, "limit", "100")), MAX_PAGE)
    offset = int(_digits(query, "offset", "0"))
    found = [
        (moment, address)
        for address, moment in moments.items()
        if moment is not None and (address == email if email is not None else earliest <= moment < latest)
    ]
    found.sort(reverse=not is_ascending)
    return [
        {"email": address, key: datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S +0000")}
        for moment, address in found[offset : offset + limit]
    ]


def _midnight(day: str) -> float:
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Refusal("dates must have the form YYYY-MM-DD") from None


def _digits(query: Body, key: str, default: str) -> str:
    value = optional_text(query, key) or default
    if not value.isdigit():
        raise Refusal(f"{key} must be an integer")
    return value


def _group_id(body: Body) -> str:
    group_id = optional_text(body, "subscription_group_id") or ""
    if _UUID_SHAPE.fullmatch(group_id) is None:
        raise Refusal(INVALID_GROUP)
    return group_id


def _people(state: State, body: Body) -> list[Profile]:
    external_ids, emails, phones = (texts(body, key) for key in ("external_id", "email", "phone"))
    if external_ids:
        _at_most_50(external_ids)
        found = [state.profiles.by_external_id(external_id) for external_id in external_ids]
        return [profile for profile in found if profile is not None]
    if bool(emails) == bool(phones):
        raise Refusal(EMAIL_OR_PHONE)
    _at_most_50(emails or phones)
    if emails:
        return [profile for email in emails for profile in state.profiles.with_email(email)]
    return [profile for phone in phones for profile in state.profiles.with_phone(phone)]


def _at_most_50(values: list[str]) -> None:
    if len(values) > MAX_IDS:
        raise Refusal(TOO_MANY_IDS)


ENDPOINTS = (
    Endpoint("GET", "/email/unsubscribes", "email.unsubscribe", unsubscribes),
    Endpoint("GET", "/email/hard_bounces", "email.hard_bounces", hard_bounces),
    Endpoint("POST", "/email/status", "email.status", email_status),
    Endpoint(
        "POST",
        "/subscription/status/set",
        "subscription.status.set",
        status_set,
        pool=lambda state: SUBSCRIPTION_SET,
    ),
    Endpoint("GET", "/subscription/status/get", "subscription.status.get", status_get),
)
