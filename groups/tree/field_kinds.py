"""The kinds of fields that a brand defines: what is taken, and how a mail shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Final

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from groups.audiences import cleaning
from groups.audiences.rejects import CellRefused
from groups.errors import InputRefused
from groups.models import AttributeKind, GroupFieldKind
from groups.models.brand_field import VALUE_CHARACTERS, BrandField

_TIME: Final = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
_PHONE: Final = re.compile(r"[+0-9][0-9 ()./-]{2,38}")
_is_url: Final = URLValidator(schemes=["http", "https"])


def read_value(field: BrandField, typed: str) -> str:
    """Gives what somebody typed as it is stored, empty for nothing; raises `InputRefused` with what is expected."""
    try:
        text = cleaning.text(typed)
        if not text:
            return ""
        if len(text) > VALUE_CHARACTERS:
            raise _refused(field, _("it takes at most %(most)s characters") % {"most": VALUE_CHARACTERS})
        return _READERS[GroupFieldKind(field.kind)](field, text)
    except CellRefused as refused:
        raise _refused(field, str(refused.reason.label)) from refused


def shown_value(kind: str, value: str, language: str) -> str:
    """Gives a stored value as the mail of a group shows it: numbers, days and times as its language writes them."""
    locale = language.replace("-", "_")
    match kind:
        case GroupFieldKind.NUMBER:
            return str(format_decimal(Decimal(value), locale=locale))
        case GroupFieldKind.DATE:
            return str(format_date(date.fromisoformat(value), format="long", locale=locale))
        case GroupFieldKind.TIME:
            # Narrow blanks before "PM" stand as boxes in some mail programs.
            return str(format_time(time.fromisoformat(value), format="short", locale=locale)).replace("\u202f", " ")
    return value


def _text(_field: BrandField, text: str) -> str:
    return text


def _number(field: BrandField, text: str) -> str:
    number = cleaning.value(text, AttributeKind.NUMBER)
    return format(Decimal(str(number)), "f")


def _date(field: BrandField, text: str) -> str:
    return cleaning.day(text).isoformat()


def _time(field: BrandField, text: str) -> str:
    match = _TIME.fullmatch(text)
    if match is None:
        raise _refused(field, _("write a time of day, as 18:30"))
    return f"{int(match[1]):02}:{match[2]}"


def _url(field: BrandField, text: str) -> str:
    try:
        _is_url(text)
    except ValidationError as error:
        raise _refused(field, _("write a whole web address, as https://example.com/portland")) from error
    return text


def _phone(field: BrandField, text: str) -> str:
    if not _PHONE.fullmatch(text) or sum(letter.isdigit() for letter in text) < 3:
        raise _refused(field, _("write a phone number in digits, as +1 503 555 0141"))
    return text


def _choice(field: BrandField, text: str) -> str:
    if text not in field.options:
        raise _refused(field, _("choose one of: %(options)s") % {"options": _listed(field.options)})
    return text


def _listed(options: Sequence[str]) -> str:
    return ", ".join(options)


def _refused(field: BrandField, what: str) -> InputRefused:
    return InputRefused(_("%(label)s: %(what)s.") % {"label": field.label, "what": what.rstrip(".")})


_READERS: Final[dict[GroupFieldKind, Callable[[BrandField, str], str]]] = {
    GroupFieldKind.TEXT: _text,
    GroupFieldKind.NUMBER: _number,
    GroupFieldKind.DATE: _date,
    GroupFieldKind.TIME: _time,
    GroupFieldKind.URL: _url,
    GroupFieldKind.PHONE: _phone,
    GroupFieldKind.CHOICE: _choice,
}
