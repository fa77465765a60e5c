"""What a filter may be compared with."""

from __future__ import annotations

import math
import re
from datetime import datetime

from braze_client.errors import ContractViolation
from braze_client.limits import INTEGER_BITS, TEXT_CHARACTERS, demand
from braze_client.messages.schedule import utc_text

MOST_DAYS = 36_500


def text_value(value: object) -> str:
    """Return text of 1 to 255 characters. Raises :class:`ContractViolation`."""
    if not isinstance(value, str):
        raise ContractViolation("13.3", "a filter on text takes text")
    demand("13.3", 0 < len(value) <= TEXT_CHARACTERS, "a filter's text has 1 to 255 characters")
    return value


def pattern_value(value: object) -> str:
    """Return a regular expression that can be read. Raises :class:`ContractViolation`."""
    pattern = text_value(value)
    try:
        re.compile(pattern)
    except re.error as problem:
        raise ContractViolation("13.3", f"the regular expression cannot be read: {problem}") from problem
    return pattern


def number_value(value: object) -> int | float:
    """Return a finite number that Braze can hold. Raises :class:`ContractViolation`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ContractViolation("13.3", "a filter on a number takes a number")
    demand("13.3", math.isfinite(value), "a filter takes no infinity and no NaN")
    demand("13.3", isinstance(value, float) or value.bit_length() <= INTEGER_BITS, "the number is too large")
    return value


def days_value(value: object) -> int:
    """Return a whole number of days, 0 to 36,500. Raises :class:`ContractViolation`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise ContractViolation("13.3", "days are a whole number")
    demand("13.3", 0 <= value <= MOST_DAYS, "days are 0 to 36,500")
    return value


def moment_value(value: object) -> str:
    """Return an aware time as Braze takes it. Raises :class:`ContractViolation`."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise ContractViolation("13.3", "a filter on a time takes an aware time")
    return utc_text(value)
