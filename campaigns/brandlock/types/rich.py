"""Rich text: words with the formats that the field allows, in the brand's own styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from campaigns.brandlock.fields import FieldSpec, FieldType, Format, RichStyles
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.link_rules import Link, links_in
from campaigns.brandlock.pieces import Json, Spot
from campaigns.brandlock.sanitise import clean_text, plain_text, sanitise
from campaigns.brandlock.source import VOID_TAGS, Element

from .base import STRUCTURE_TAGS, Filling, ValueType, Written, WrongShape, words_of_length

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext

_SPACES = re.compile(r"\s+")
LONG_TEXT_CHARACTERS = 1_500


class RichType(ValueType):
    """A value `{"html": "..."}`, sanitised whenever it is read."""

    type = FieldType.TEXT
    parts = ("html",)
    marks = frozenset(
        {"data-min", "data-max", "data-formats", "data-domains", "data-link-style", "data-paragraph-style"}
        | {"data-list-style"}
    )
    wanted = sentence("an object with html")
    meaning = "Several lines with the formats that `data-formats` names: bold, italic, link, list, paragraph."

    def fits(self, element: Element) -> bool:
        tag = element.tag
        if tag in VOID_TAGS or tag in STRUCTURE_TAGS or tag == "title":
            return False
        return tag == "mj-text" or not tag.startswith("mj")

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        return (Filling(Spot.RICH),)

    def written(self, found: Written) -> Json:
        return {"html": sanitise(found.default or found.html, found.formats)}

    def read(self, spec: FieldSpec, value: Json) -> Json:
        if not isinstance(value, dict) or value.keys() - {"html"} or not isinstance(value.get("html", ""), str):
            raise WrongShape(self.wanted)
        return {"html": self.html(spec, value)}

    def html(self, spec: FieldSpec, value: Json) -> str:
        """Returns the sanitised text, without the brand's styles."""
        return sanitise(raw_html(value), spec.formats)

    def words(self, spec: FieldSpec, value: Json) -> str:
        html = self.html(spec, value)
        return _SPACES.sub(" ", unescape(plain_text(html))).strip()

    def is_filled(self, spec: FieldSpec, value: Json) -> bool:
        return bool(unescape(plain_text(raw_html(value))).strip()) and bool(self.words(spec, value))

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        return _shown(raw_html(value), spec.formats, spec.styles)

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        return iter(())

    def links(self, spec: FieldSpec, value: Json) -> tuple[Link, ...]:
        return links_in(self.html(spec, value))

    def longest(self, spec: FieldSpec) -> Json:
        words = words_of_length(spec.maximum or LONG_TEXT_CHARACTERS)
        return {"html": f"<p>{words}</p>" if Format.PARAGRAPH in spec.formats else words}


@lru_cache(maxsize=256)
def _shown(html: str, formats: tuple[Format, ...], styles: RichStyles) -> str:
    """Returns the text that stands in the mail; HTML and plain text ask for the same one, and so does every preview."""
    return sanitise(html, formats, styles)


def raw_html(value: Json) -> str:
    """Returns the text of a value as it was given, without control characters."""
    html = value.get("html") if isinstance(value, dict) else None
    return clean_text(html) if isinstance(html, str) else ""
