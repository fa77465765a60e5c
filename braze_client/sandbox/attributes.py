"""What a custom attribute becomes when users.track sets it: coercion, array operations, increments (contract 5.4)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

OBJECT_OPERATIONS = frozenset({"$add", "$remove", "$update"})
LAST_YEAR = 3000
_DATE_LIKE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})?)?")
_AMERICAN = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


def changed_value(current: object, sent: object, *, is_merging: bool, array_elements: int) -> object:
    """Returns the new value of a custom attribute; None means that the attribute goes away."""
    if isinstance(sent, list):
        return unique(sent)[:array_elements]
    if isinstance(sent, Mapping):
        if set(sent) == {"inc"}:
            return _incremented(current, sent["inc"])
        if sent and set(sent) <= {"add", "remove"}:
            return _array_after(current, sent)[:array_elements]
        if sent and set(sent) <= OBJECT_OPERATIONS:
            return _objects_after(current, sent)[:array_elements]
        return _merged(current, sent) if is_merging and isinstance(current, Mapping) else dict(sent)
    return coerced(sent)


def coerced(value: object) -> object:
    """Returns a date-looking string as Braze reads it back, anything else unchanged (B-TRK-11).

    A year after 3000 stays text, and a date without a zone is one in UTC (contract, section 5.4).
    """
    if not isinstance(value, str):
        return value
    written = _AMERICAN.sub(r"\3-\1-\2", value) if _AMERICAN.fullmatch(value) else value
    if _DATE_LIKE.fullmatch(written) is None:
        return value
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return value
    if moment.year > LAST_YEAR:
        return value
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def unique(values: Iterable[object]) -> list[object]:
    """Returns the values once each, in the order of their first appearance."""
    kept: dict[str, object] = {}
    for value in values:
        kept.setdefault(repr(value), value)
    return list(kept.values())


def _incremented(current: object, step: object) -> object:
    if not isinstance(step, int) or isinstance(step, bool):
        return current
    return (current if isinstance(current, int) and not isinstance(current, bool) else 0) + step


def _array_after(current: object, operations: Mapping[str, object]) -> list[object]:
    elements = list(current) if isinstance(current, list) else []
    added, removed = _elements(operations, "add"), _elements(operations, "remove")
    # Adding again moves to the end.
    kept = [element for element in elements if element not in added and element not in removed]
    return kept + unique(element for element in added if element not in removed)


def _objects_after(current: object, operations: Mapping[str, object]) -> list[object]:
    """Returns an array of objects after `$remove`, `$update` and `$add`; `$new_object` is unverified (section 5.4)."""
    elements = list(current) if isinstance(current, list) else []
    for removal in _elements(operations, "$remove"):
        elements = [element for element in elements if not _is_named(element, removal)]
    for update in _elements(operations, "$update"):
        new = update.get("$new_object") if isinstance(update, Mapping) else None
        if isinstance(new, Mapping):
            elements = [
                _merged(element, new) if isinstance(element, Mapping) and _is_named(element, update) else element
                for element in elements
            ]
    return elements + _elements(operations, "$add")


def _is_named(element: object, operation: object) -> bool:
    if not isinstance(element, Mapping) or not isinstance(operation, Mapping):
        return False
    key = operation.get("$identifier_key")
    return isinstance(key, str) and key in element and element[key] == operation.get("$identifier_value")


def _elements(operations: Mapping[str, object], key: str) -> list[object]:
    value = operations.get(key, [])
    return value if isinstance(value, list) else [value]


def _merged(current: Mapping[str, object], sent: Mapping[str, object]) -> dict[str, object]:
    merged = dict(current)
    for key, value in sent.items():
        before = merged.get(key)
        both_nested = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(before, value) if both_nested else value  # type: ignore[arg-type]
    return merged
