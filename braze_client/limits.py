"""Braze's limits on single values, and the checks that hold them before a call is made."""

from __future__ import annotations

from collections.abc import Mapping, Sized
from datetime import date, datetime
from math import isfinite

import orjson

from braze_client.errors import ContractViolation

RECIPIENTS_PER_CALL = 50
OBJECTS_PER_TRACK_CALL = 75
IDS_PER_EXPORT_CALL = 50
IDS_PER_DELETE_CALL = 50
EXTERNAL_ID_BYTES = 987
SEND_ID_CHARACTERS = 64
TEXT_CHARACTERS = 255
TRIGGER_PROPERTIES_BYTES = 50 * 1024
BODY_BYTES = 4 * 1024 * 1024
INTEGER_BITS = 63


def demand(rule: str, holds: bool, message: str) -> None:
    """Raise :class:`ContractViolation` with ``rule`` unless ``holds``."""
    if not holds:
        raise ContractViolation(rule, message)


def identifier(value: str, name: str) -> str:
    """Return ``value`` if it can be one of Braze's ids: not empty, no white space (contract, section 13.6)."""
    demand("13.6", isinstance(value, str) and value != "", f"{name} is empty")
    demand("13.6", value.split() == [value], f"{name} holds white space")
    return value


def external_id(value: str) -> str:
    """Return ``value`` if it can be an external ID: not empty and at most 987 bytes of UTF-8 (B-TRK-9)."""
    if not isinstance(value, str) or not value or value.isspace():
        raise ContractViolation("B-TRK-5", "an external ID is empty")
    # Most ids are short: below a quarter of the limit no text can have too many bytes.
    if len(value) > EXTERNAL_ID_BYTES // 4 and len(value.encode("utf-8", "surrogatepass")) > EXTERNAL_ID_BYTES:
        raise ContractViolation("B-TRK-9", f"an external ID is longer than {EXTERNAL_ID_BYTES} bytes")
    return value


def send_id(value: str) -> str:
    """Return ``value`` if it can be a send ID: ASCII, at most 64 characters (B-SND-1)."""
    identifier(value, "the send ID")
    demand("B-SND-1", value.isascii(), "a send ID takes ASCII characters only")
    demand("B-SND-1", len(value) <= SEND_ID_CHARACTERS, f"a send ID takes at most {SEND_ID_CHARACTERS} characters")
    return value


def one_line(value: str, name: str) -> str:
    """Return ``value`` if it is text without line breaks, which would end a mail header early."""
    demand("13.1", not any(character in value for character in "\r\n\0"), f"{name} holds a line break")
    return value


def counted(items: Sized, limit: int, rule: str, name: str) -> None:
    """Refuse an empty collection, one above ``limit``, and a bare string that would be read as its letters."""
    demand(rule, not isinstance(items, (str, bytes)), f"{name}: one string was given where several are expected")
    count = len(items)
    demand(rule, count > 0, f"{name}: none given, and an empty list must never mean everyone")
    demand(rule, count <= limit, f"{name}: {count} given, {limit} is the most a call takes")


def json_value(value: object, name: str) -> None:
    """Refuse what JSON cannot carry truly: NaN and infinities (they would arrive as null), huge integers, naive times.

    Takes str, int, float, bool, None, date, aware datetime, and lists, tuples and mappings of them.
    """
    match value:
        case None | bool() | str():
            return
        case int():
            demand("5.4", value.bit_length() <= INTEGER_BITS, f"{name}: the number is too large")
        case float():
            demand("5.4", isfinite(value), f"{name}: not a number, and Braze would read it as a removal")
        case datetime():
            demand("5.4", value.tzinfo is not None, f"{name}: the time has no zone")
        case date():
            return
        case Mapping():
            for key, item in value.items():
                demand("5.4", isinstance(key, str) and key != "", f"{name}: a key is empty or no text")
                json_value(item, name)
        case list() | tuple():
            for item in value:
                json_value(item, name)
        case _:
            raise ContractViolation("5.4", f"{name}: {type(value).__name__} cannot be sent to Braze")


def encoded(value: object, limit: int, rule: str, name: str) -> bytes:
    """Return ``value`` as UTF-8 JSON of at most ``limit`` bytes; raises for what JSON cannot carry."""
    try:
        content = orjson.dumps(value, default=_plain)
    except orjson.JSONEncodeError as problem:
        raise ContractViolation(rule, f"{name} cannot be written as JSON: {problem}") from problem
    demand(rule, len(content) <= limit, f"{name}: {len(content)} bytes, {limit} is the most")
    return content


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
