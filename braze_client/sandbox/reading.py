"""Reading fields of a request body without trusting their types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from braze_client.sandbox.envelope import Refusal

Body = Mapping[str, object]
MAX_IDS = 50
TOO_MANY_IDS = "The max number of external_ids and aliases per request was exceeded"
BAD_REQUEST = "Bad Request"


def is_well_formed_id(value: object) -> bool:
    """Tells whether a value can be one of Braze's ids: not empty, no white space (contract 13.6)."""
    return isinstance(value, str) and bool(value) and not any(character.isspace() for character in value)


def optional_text(body: Body, key: str) -> str | None:
    """Returns a string field or None where it is absent; another type is 400."""
    value = body.get(key)
    if value is None or isinstance(value, str):
        return value
    raise Refusal(f"{key} must be a string")


def required_id(body: Body, key: str) -> str:
    """Returns an id field; absent or malformed is 400."""
    value = body.get(key)
    if isinstance(value, str) and is_well_formed_id(value):
        return value
    raise Refusal(f"{key} must be a string")


def objects(body: Body, key: str) -> list[object]:
    """Returns an array field, empty where it is absent; another type is 400."""
    value = body.get(key)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise Refusal(f"{key} must be an array")


def texts(body: Body, key: str) -> list[str]:
    """Returns an array of strings (a lone string counts as one; numbers become strings), without duplicates."""
    value = body.get(key)
    values = [value] if isinstance(value, str) else objects(body, key)
    return list(dict.fromkeys([item if isinstance(item, str) else str(item) for item in values if _is_id(item)]))


def _is_id(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))


def mapping(body: Body, key: str) -> Body | None:
    """Returns an object field or None where it is absent; another type is 400."""
    value = body.get(key)
    if value is None or isinstance(value, Mapping):
        return value
    raise Refusal(f"{key} must be an object")


def flag(body: Body, key: str) -> bool:
    """Returns a boolean field, False where it is absent; another type is 400."""
    value = body.get(key, False)
    if isinstance(value, bool):
        return value
    raise Refusal(f"{key} must be a boolean")


def instant(value: str) -> datetime:
    """Returns an ISO 8601 instant, UTC where it names no zone; what does not parse is 400 `Bad Request`."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Refusal(BAD_REQUEST) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def days_back(query: Body) -> int:
    """Returns `length`, 1 to 100 days."""
    value = query.get("length")
    if isinstance(value, str) and value.isdigit() and 1 <= int(value) <= 100:
        return int(value)
    raise Refusal("length must be an integer between 1 and 100")


def series_end(query: Body, now: float) -> datetime:
    """Returns `ending_at`, now where it is absent."""
    ending_at = optional_text(query, "ending_at")
    return instant(ending_at).astimezone(UTC) if ending_at else datetime.fromtimestamp(now, UTC)
