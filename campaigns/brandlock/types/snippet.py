"""A part that many templates share: the brand writes it once, the author at most chooses which one stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from campaigns.brandlock.fields import FieldSpec, FieldType
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.pieces import Json, Spot
from campaigns.brandlock.source import VOID_TAGS, Element

from .base import STRUCTURE_TAGS, Filling, Written, found_in, one_line
from .choice import ChoiceType

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext


class SnippetType(ChoiceType):
    """The name of an approved snippet of `data-options`; its text is the brand's alone (catalogue T19)."""

    type = FieldType.SNIPPET
    marks = frozenset({"data-options", "data-pinned"})
    wanted = sentence("the name of a shared part")
    meaning = "One of the brand's shared parts; with `data-pinned` as it is when the template is published."

    def fits(self, element: Element) -> bool:
        tag = element.tag
        if tag in VOID_TAGS or tag in STRUCTURE_TAGS or tag == "title":
            return False
        return tag == "mj-text" or not tag.startswith("mj")

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        return (Filling(Spot.SNIPPET),)

    def written(self, found: Written) -> Json:
        return one_line(found.default)

    def is_filled(self, spec: FieldSpec, value: Json) -> bool:
        return bool(one_line(value))

    def words(self, spec: FieldSpec, value: Json) -> str:
        return next((option.label for option in spec.options if option.value == one_line(value)), "")

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        yield from super().problems(spec, value, context)
        name = self.shown(spec, value, "", context)
        if name and name not in context.snippets and not spec.is_pinned:
            message = sentence("The shared part of %(label)s does not exist any more. Ask a brand manager.")
            yield found_in(spec, "unknown_snippet", message)
