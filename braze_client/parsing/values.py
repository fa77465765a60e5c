"""Tolerant readers of single values: nothing in an answer can make them raise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from math import isfinite

import orjson

from braze_client.replies import Json


class UnreadableAnswer(ValueError):
    """A 2xx lacks what makes it useful; the clients turn this into :class:`braze_client.errors.Uncertain`."""


def sentences(errors: object) -> tuple[str, ...]:
    """Return Braze's ``errors`` as text, whatever their shape: strings, objects, a single value (B-ENV-2)."""
    return tuple(sentence(entry) for entry in items(errors))


def sentence(entry: object) -> str:
    """Return one error as text: itself, or the whole object as JSON, so that nothing is lost."""
    if isinstance(entry, str):
        return entry
    try:
        return orjson.dumps(entry, option=orjson.OPT_SORT_KEYS).decode()
    except orjson.JSONEncodeError:
        return "an error that is nested too deep to be shown"


def items(value: object) -> Iterator[object]:
    """Yield the members of a list, nothing for None, and anything else as one member."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def objects(value: object) -> Iterator[Json]:
    """Yield the JSON objects of a list and leave the rest."""
    return (entry for entry in items(value) if isinstance(entry, Mapping))


def text(value: object) -> str:
    """Return a string as it is, None as empty, and anything else in its own words."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def text_or_none(value: object) -> str | None:
    """Return text that is not empty, else None."""
    return text(value) or None


def count(value: object) -> int:
    """Return a whole number, 0 for what is none."""
    return count_or_none(value) or 0


def count_or_none(value: object) -> int | None:
    """Return a whole number, None for what is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return int(value)


def day_or_none(value: object) -> date | None:
    """Return the day of an ISO date or time, else None."""
    try:
        return datetime.fromisoformat(text(value)).date()
    except ValueError:
        return None


def without(body: Json, *known: str) -> Json:
    """Return the members of ``body`` whose names are not among ``known``."""
    return {name: value for name, value in body.items() if name not in known}
