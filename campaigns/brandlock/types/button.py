"""A button: its words and the address that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from campaigns.brandlock.fields import FieldSpec, FieldType
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.link_rules import Link
from campaigns.brandlock.links import link_or_empty
from campaigns.brandlock.pieces import Json, Spot
from campaigns.brandlock.source import Element

from .base import BRACKETED, Filling, ValueType, Written, bracketed, one_line, part_of, words_of_length
from .image import compound

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext

LONG_BUTTON_CHARACTERS = 60


class ButtonType(ValueType):
    """A value `{"text": words, "url": address}`; personal values never travel in the address."""

    type = FieldType.BUTTON
    parts = ("text", "url")
    marks = frozenset({"data-min", "data-max", "data-domains"})
    wanted = sentence("an object with text and url")
    meaning = "Words and the address that they lead to, on allowed domains."

    def fits(self, element: Element) -> bool:
        return element.tag in {"mj-button", "a"}

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        return Filling(Spot.URL, "url", "href"), Filling(Spot.TEXT, "text")

    def written(self, found: Written) -> Json:
        return {"text": one_line(found.default or found.words), "url": one_line(found.element.get("href"))}

    def read(self, spec: FieldSpec, value: Json) -> Json:
        return compound(self, value)

    def is_filled(self, spec: FieldSpec, value: Json) -> bool:
        return bool(part_of(value, "text") and part_of(value, "url"))

    def is_half_done(self, spec: FieldSpec, value: Json) -> bool:
        return bool(part_of(value, "text")) is not bool(part_of(value, "url"))

    def words(self, spec: FieldSpec, value: Json) -> str:
        return part_of(value, "text")

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        words, address = part_of(value, "text"), link_or_empty(part_of(value, "url"))
        return {"url": address, BRACKETED: bracketed(address, words)}.get(part, words)

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        return iter(())

    def links(self, spec: FieldSpec, value: Json) -> tuple[Link, ...]:
        return (Link(part_of(value, "url"), part_of(value, "text")),)

    def longest(self, spec: FieldSpec) -> Json:
        return {"text": words_of_length(spec.maximum or LONG_BUTTON_CHARACTERS), "url": part_of(spec.default, "url")}
