"""The filters that Braze has and python-liquid lacks, and bounds on what any filter takes and gives."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from braze_client.liquid.errors import LiquidLimitReached, MessageAborted

LONGEST_TEXT: Final = 1_000_000
LONGEST_LIST: Final = 10_000
MOST_BITS: Final = 1_024
LONGEST_FOR_SEARCH: Final = 20_000
SEARCHING: Final = frozenset({"strip_html", "escape_once"})
WIDE_DATE = re.compile(r"%[^a-zA-Z%]*[0-9]{3,}")


def bounded(name: str, made: Callable[..., object]) -> Callable[..., object]:
    """Returns a filter that refuses what would grow without end: long texts, long lists, huge numbers.

    What a filter gives is looked at afterwards; what multiplies (`replace`, `join`, `date`) is judged before.
    """

    @functools.wraps(made)
    def within_bounds(value: object, *args: object, **kwargs: object) -> object:
        _check_before(name, value, args)
        result = made(value, *args, **kwargs)
        _check(name, result)
        return result

    return within_bounds


def _check_before(name: str, value: object, args: tuple[object, ...]) -> None:
    texts = [str(argument) for argument in args if isinstance(argument, str | int | float)]
    if name == "replace" and texts:
        found, new = str(value).count(texts[0]), texts[1] if len(texts) > 1 else ""
        _refuse(name, len(str(value)) + found * len(new) > LONGEST_TEXT)
    elif name == "join" and isinstance(value, list | tuple):
        _refuse(name, len(value) * (len(texts[0]) if texts else 1) > LONGEST_TEXT)
    elif name == "date" and texts:
        _refuse(name, len(texts[0]) > 1_000 or WIDE_DATE.search(texts[0]) is not None)
    elif name in SEARCHING:
        _refuse(name, len(str(value)) > LONGEST_FOR_SEARCH)


def _check(name: str, result: object) -> None:
    match result:
        case str():
            _refuse(name, len(result) > LONGEST_TEXT)
        case list() | tuple():
            _refuse(name, len(result) > LONGEST_LIST)
        case int():
            _refuse(name, result.bit_length() > MOST_BITS)


def _refuse(name: str, is_too_much: bool) -> None:
    if is_too_much:
        raise LiquidLimitReached(f"The filter {name} would give more than a mail can hold.")


def _abort(reason: object) -> str:
    raise MessageAborted(str(reason))


def _digest(algorithm: str) -> Callable[[object], str]:
    return lambda value: hashlib.new(algorithm, str(value or "").encode()).hexdigest()


def _url_param_escape(value: object) -> str:
    return quote(str(value if value is not None else ""), safe="")


def _json_escape(value: object) -> str:
    return json.dumps(str(value if value is not None else ""), ensure_ascii=False)[1:-1]


def _property_accessor(value: object, name: object) -> object:
    return value.get(str(name)) if isinstance(value, Mapping) else None


def _number_with_delimiter(value: object) -> str:
    return f"{value:,}" if isinstance(value, int | float) else str(value if value is not None else "")


BRAZE_FILTERS: dict[str, Callable[..., object]] = {
    "abort_message": _abort,
    "md5": _digest("md5"),
    "sha1": _digest("sha1"),
    "sha256": _digest("sha256"),
    "url_param_escape": _url_param_escape,
    "json_escape": _json_escape,
    "property_accessor": _property_accessor,
    "number_with_delimiter": _number_with_delimiter,
}
