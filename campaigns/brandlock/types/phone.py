"""A telephone number: shown as it was typed, called by its digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from campaigns.brandlock.fields import FieldSpec, FieldType
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.inert import in_phone
from campaigns.brandlock.pieces import Json, Spot
from campaigns.brandlock.source import Element

from .base import BRACKETED, Filling, ValueType, Written, found_in, one_line

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext

_SHAPE = re.compile(r"\+?[0-9 ()./\u2010\u2011-]+")
_FEWEST_DIGITS, _MOST_DIGITS = 3, 15


class PhoneType(ValueType):
    """A number of 3 to 15 digits (E.164); on a link it is also the `tel:` address (RFC 3966)."""

    type = FieldType.PHONE
    marks = frozenset({"data-pattern"})
    takes_tokens = False
    wanted = sentence("a telephone number as +1 555 0100")
    meaning = "A telephone number; on an `<a>` it can be called."

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        if element.tag in {"a", "mj-button"}:
            return Filling(Spot.URL, "url", "href"), Filling(Spot.TEXT)
        return (Filling(Spot.TEXT),)

    def written(self, found: Written) -> Json:
        return one_line(found.default or found.words)

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        text = one_line(value)
        if part != "url":
            return "" if part == BRACKETED else text
        digits = in_phone(text)
        return f"tel:{digits}" if digits.strip("+") else ""

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        text = one_line(value)
        digits = sum(letter.isdigit() for letter in text)
        if _SHAPE.fullmatch(text) is None or not _FEWEST_DIGITS <= digits <= _MOST_DIGITS:
            message = sentence("%(label)s is no telephone number. Write digits, as +1 555 0100.")
            yield found_in(spec, "bad_phone", message)
            return
        yield from super().problems(spec, value, context)

    def longest(self, spec: FieldSpec) -> Json:
        return "+49 (0) 89 123 456 78-90"
