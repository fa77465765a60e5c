"""Cells become values: addresses without their dirt, attributes by their kind; a cell that cannot be taken is refused.

What looks like a formula, markup or Liquid stays what it is, text: nothing here or later runs it.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from braze_client.limits import EXTERNAL_ID_BYTES, TEXT_CHARACTERS
from groups.audiences.rejects import CellRefused, RejectReason
from groups.models import AttributeKind
from groups.models.contact import STAND_IN

Value = str | int | float | bool

ID_CHARACTERS: Final = 512
SHORT_CHARACTERS: Final = 120
ADDRESS_CHARACTERS: Final = 254
# What nearly every address looks like; each of them is right by the full rule as well.
PLAIN_LOCAL_PART: Final = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*")
PLAIN_DOMAIN: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
# Marks that nobody sees: zero-width blanks, soft hyphens, switches of the writing direction. The joiners of emoji and
# of Persian or Indic letters are no dirt in a name, but they are in an address.
UNSEEN: Final = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")
)
JOINERS: Final = dict.fromkeys(map(ord, "\u200c\u200d"))
DATE_SHAPES: Final = (
    re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?:[T ][\d:.+Zz-]*)?"),
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})"),
)
WHOLE: Final = re.compile(r"[+-]?\d{1,18}")
DECIMAL: Final = re.compile(r"[+-]?(\d{1,18}(\.\d*)?|\.\d+)")
YES: Final = frozenset({"yes", "y", "true", "1", "x", "ja", "wahr", "oui", "vrai", "sí", "si", "예", "네"})
NO: Final = frozenset({"no", "n", "false", "0", "nein", "falsch", "non", "faux", "아니요", "아니오"})


def text(cell: str) -> str:
    """Gives a cell as one line of text: blanks of all kinds become one, unseen marks go.

    Raises `CellRefused` for characters that cannot be shown, such as a NUL.
    """
    if cell.isascii() and cell.isprintable():
        return " ".join(cell.split())
    line = " ".join(cell.translate(UNSEEN).split())
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in line):
        raise CellRefused(RejectReason.CONTROL_CHARACTER)
    return unicodedata.normalize("NFC", line)


def shown_text(typed: str) -> str:
    """Gives what somebody typed without the characters that cannot be shown, which no row and no query takes."""
    return "".join(letter for letter in typed if unicodedata.category(letter) not in ("Cc", "Cs"))


def address(cell: str) -> str:
    """Gives an email address in lower case, without blanks, unseen marks and `mailto:`; raises `CellRefused`."""
    lowered = cell.lower()
    if lowered.rstrip().endswith(STAND_IN):
        raise CellRefused(RejectReason.BAD_EMAIL)
    if is_plain_address(lowered) and cell.isascii():
        return lowered
    found = text(cell).translate(JOINERS).lower()
    found = found.removeprefix("mailto:").strip(" <>")
    if not found:
        raise CellRefused(RejectReason.MISSING_EMAIL)
    if len(found) > ADDRESS_CHARACTERS:
        raise CellRefused(RejectReason.BAD_EMAIL)
    try:
        validate_email(found)
    except ValidationError as error:
        raise CellRefused(RejectReason.BAD_EMAIL) from error
    return found


def is_plain_address(cell: str) -> bool:
    """Tells of most addresses at little cost that they are right as they stand; of the others it knows nothing."""
    local_part, _at, domain = cell.partition("@")
    return (
        len(cell) <= ADDRESS_CHARACTERS
        and PLAIN_LOCAL_PART.fullmatch(local_part) is not None
        and _is_plain_domain(domain)
    )


@lru_cache(maxsize=4096)
def _is_plain_domain(domain: str) -> bool:
    return PLAIN_DOMAIN.fullmatch(domain) is not None


def external_id(cell: str) -> str:
    """Gives an external ID of at most 512 characters and 987 bytes (B-TRK-9); raises `CellRefused`."""
    found = text(cell)
    if not found:
        raise CellRefused(RejectReason.MISSING_ID)
    if len(found) > ID_CHARACTERS or len(found.encode()) > EXTERNAL_ID_BYTES:
        raise CellRefused(RejectReason.LONG_ID)
    return found


def short_text(cell: str, limit: int = TEXT_CHARACTERS) -> str:
    """Gives text of at most `limit` characters, 255 unless told (contract, section 5.4); raises `CellRefused`."""
    found = text(cell)
    if len(found) > limit:
        raise CellRefused(RejectReason.TOO_LONG)
    return found


def day(cell: str) -> date:
    """Gives a day from `2026-11-30`, `2026/11/30` or `30.11.2026`, also with a time after it.

    Dates such as `11/12/26` mean different days in different countries, so they are refused. Raises `CellRefused`.
    """
    found = text(cell)
    for shape in DATE_SHAPES:
        if match := shape.fullmatch(found):
            try:
                return date(int(match["year"]), int(match["month"]), int(match["day"]))
            except ValueError:
                break
    raise CellRefused(RejectReason.BAD_DATE)


def value(cell: str, kind: str) -> Value | None:
    """Gives an attribute's value by its kind, None for an empty cell; raises `CellRefused`."""
    found = text(cell)
    if not found:
        return None
    match kind:
        case AttributeKind.NUMBER:
            return _number(found)
        case AttributeKind.DATE:
            return day(found).isoformat()
        case AttributeKind.BOOLEAN:
            return _yes_or_no(found)
        case _:
            return short_text(found)


def _number(found: str) -> int | float:
    if WHOLE.fullmatch(found):
        return int(found)
    if DECIMAL.fullmatch(found) and isfinite(number := float(found)):
        # 3.0 and 3 are one value, whichever way a file writes it.
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    raise CellRefused(RejectReason.BAD_NUMBER)


def _yes_or_no(found: str) -> bool:
    word = found.casefold()
    if word in YES or word in NO:
        return word in YES
    raise CellRefused(RejectReason.BAD_BOOLEAN)
