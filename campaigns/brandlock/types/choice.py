"""One of the approved values: a word, an alignment, a font, a colour of the palette."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from campaigns.brandlock.fields import FieldSpec, FieldType, Option
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.pieces import Json, Spot
from campaigns.brandlock.source import Element

from .base import Filling, ValueType, Written, WrongShape, found_in, one_line

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext

HTML_ATTRIBUTES = frozenset({"align", "valign", "bgcolor", "width", "height", "color", "face"})
STYLE_PROPERTIES = frozenset(
    {
        "color",
        "background-color",
        "border-color",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "line-height",
        "text-align",
        "vertical-align",
        "padding",
    }
)
MJML_ATTRIBUTES = frozenset(
    {
        "align",
        "background-color",
        "border-radius",
        "color",
        "container-background-color",
        "direction",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "line-height",
        "padding",
        "text-align",
        "vertical-align",
        "width",
    }
)
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class ChoiceType(ValueType):
    """A value of `data-options`, as content of the element or, with `data-attribute`, in its look (catalogue T7)."""

    type = FieldType.CHOICE
    marks = frozenset({"data-options", "data-attribute"})
    takes_tokens = False
    wanted = sentence("one of the approved values")
    meaning = "One of the approved values of `data-options`; with `data-attribute` it changes the look instead."

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        if not attribute:
            return (Filling(Spot.TEXT),)
        return (Filling(Spot.STYLE, "", attribute),)

    def written(self, found: Written) -> Json:
        return one_line(found.default or found.words)

    def is_known(self, spec: FieldSpec, value: str, context: RenderContext) -> bool:
        """Tells whether a value is approved."""
        return any(option.value == value for option in self.options(spec, context))

    def options(self, spec: FieldSpec, context: RenderContext) -> tuple[Option, ...]:
        """Returns the approved values with their words."""
        return spec.options

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        chosen = one_line(value)
        return chosen if self.is_known(spec, chosen, context) else one_line(spec.default)

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        chosen = one_line(value)
        if not self.is_known(spec, chosen, context):
            message = sentence("%(label)s is none of the approved values. Choose one of: %(options)s.")
            labels = (option.label for option in self.options(spec, context))
            yield found_in(spec, "not_an_option", message, options=", ".join(labels))

    def longest(self, spec: FieldSpec) -> Json:
        return max((option.value for option in spec.options), key=len, default=one_line(spec.default))


class ColorType(ChoiceType):
    """A colour `#rrggbb` of `data-options`, or of the brand's palette; it never stands as words."""

    type = FieldType.COLOR
    wanted = sentence("a colour of the palette")
    meaning = "A colour of `data-options`, or of the brand's palette."

    def fits(self, element: Element) -> bool:
        return True

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        return (Filling(Spot.STYLE, "", attribute or "color"),)

    def written(self, found: Written) -> Json:
        return one_line(found.default).lower()

    def read(self, spec: FieldSpec, value: Json) -> Json:
        color = one_line(value).lower()
        if color and COLOR.fullmatch(color) is None:
            raise WrongShape(self.wanted)
        return color

    def options(self, spec: FieldSpec, context: RenderContext) -> tuple[Option, ...]:
        return spec.options or tuple(Option(color.lower(), name) for name, color in context.palette.items())

    def is_known(self, spec: FieldSpec, value: str, context: RenderContext) -> bool:
        return value == spec.default or super().is_known(spec, value, context)
