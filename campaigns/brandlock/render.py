"""One render for every target: the template's literals joined with values made safe for their spot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from . import inert
from .compiled import Compiled
from .context import RenderContext
from .fields import FieldType
from .pieces import Literal, Origin, Piece, Place, Spot
from .plaintext import rich_to_text, tidy
from .scope import Scope, Values
from .tokens import TOKEN, UNSUBSCRIBE_URL, origin_of
from .types import TYPES


class Target(StrEnum):
    """What a render is for: to be looked at, to be sent by Braze, or its plain text alone."""

    PREVIEW = "preview"
    SAMPLE = "sample"
    BRAZE = "braze"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A mailing as it is shown or sent; subject, preheader and text are plain, not HTML."""

    subject: str
    preheader: str
    html: str
    text: str


def render(compiled: Compiled, values: Values, context: RenderContext, target: Target) -> Rendered:
    """Renders a template with values; never fails, whatever the values are; `check_values` says what is wrong in them.

    SAMPLE fills merge tags with samples, as a test mail shows them, and PREVIEW names the places besides, by
    `data-place` and `data-section-place`; BRAZE leaves Liquid in; TEXT is BRAZE without the HTML.
    """
    writer = Writer(compiled, values, context, target)
    pieces = compiled.pieces if writer.is_preview else compiled.lean
    return Rendered(
        subject=writer.line(compiled.subject),
        preheader=writer.line(compiled.preheader),
        html="" if target is Target.TEXT else "".join(writer.write(pieces)),
        text=tidy(inert.join_plain(writer.write(compiled.text))),
    )


class Writer:
    """Writes pieces with one mailing's values; each place by the spot that it stands in."""

    def __init__(self, compiled: Compiled, values: Values, context: RenderContext, target: Target) -> None:
        self.context = context
        self.is_preview = target is Target.PREVIEW
        self.fills_samples = target in {Target.PREVIEW, Target.SAMPLE}
        self.scope = Scope(compiled, values, context)
        self.fields = compiled.fields_by_name

    def line(self, pieces: Sequence[Piece]) -> str:
        return " ".join(inert.join_plain(self.write(pieces)).split())

    def write(self, pieces: Sequence[Piece]) -> list[str]:
        return [
            piece.text if isinstance(piece, Literal) else self.place(piece, scope)
            for piece, scope in self.scope.flatten(pieces)
        ]

    def place(self, place: Place, scope: Scope) -> str:
        spot = place.spot
        if spot is _MARK:
            return self.mark(place, scope)
        if place.origin is not _FIELD:
            return self.token(place.name, spot)
        spec = self.fields[place.name]
        value = scope.value(spec)
        if spec.type is _LINE and spot in _FOR_WORDS and isinstance(value, str) and _is_even(value):
            return value
        kind = TYPES[spec.type]
        shown = kind.shown(spec, value, place.part, self.context)
        if spec.type is FieldType.TEXT and (spot is Spot.RICH or spot is Spot.PLAIN):
            return self.rich(shown, spot)
        if "[[" in shown and kind.takes_tokens:
            return self.with_tokens(shown, spot, _SAFE_IN[spot])
        return _SAFE_IN[spot](shown)

    def mark(self, place: Place, scope: Scope) -> str:
        if not self.is_preview:
            return ""
        attribute = "data-section-place" if place.origin is Origin.SECTION else "data-place"
        item = f"{scope.repeat}.{scope.number}." if scope.repeat and place.name != scope.repeat else ""
        return f' {attribute}="{item}{place.name}"'

    def rich(self, html: str, spot: Spot) -> str:
        """Writes sanitised rich text."""
        if spot is Spot.PLAIN:
            text = rich_to_text(html)
            return self.with_tokens(text, spot, inert.in_plain) if "[[" in text else inert.in_plain(text)
        return self.with_tokens(html, Spot.TEXT, inert.without_braces) if "[[" in html else inert.without_braces(html)

    def with_tokens(self, text: str, spot: Spot, safe: Callable[[str], str]) -> str:
        """Writes an author's text, in which `[[name]]` stands for what the brand allows and nothing else does."""
        parts: list[str] = []
        at = 0
        for match in TOKEN.finditer(text):
            if self.context.fills(match.group(1)):
                parts += (safe(text[at : match.start()]), self.token(match.group(1), spot))
                at = match.end()
        parts.append(safe(text[at:]))
        return inert.join_plain(parts) if spot is Spot.PLAIN else "".join(parts)

    def token(self, name: str, spot: Spot) -> str:
        if origin_of(name) is Origin.MERGE:
            return self.merge_tag(name, spot)
        if name == UNSUBSCRIBE_URL:
            url = self.context.unsubscribe_url
            return inert.unsubscribe_address(url, html=spot is not Spot.PLAIN)
        return _SAFE_IN[spot](self.context.portal_value(name))

    def merge_tag(self, name: str, spot: Spot) -> str:
        safe = _SAFE_IN[spot]
        tag = self.context.merge_tags.get(name)
        if tag is None:
            return safe(f"[[{name}]]")
        if self.fills_samples:
            return safe(tag.sample)
        if spot is Spot.TITLE:  # Braze reads Liquid in the body only (B-LIQ-4)
            return safe(tag.fallback)
        return tag.liquid(html=spot is not Spot.PLAIN)


def _is_even(text: str) -> bool:
    """Tells whether a line would come out as it is; most do."""
    return inert.is_plain(text) and text[:1] != " " and text[-1:] != " "


# Every place asks for these, and reaching a member through its class costs more than the question.
_MARK, _FIELD, _LINE = Spot.MARK, Origin.FIELD, FieldType.LINE
_FOR_WORDS = frozenset({Spot.TEXT, Spot.TITLE, Spot.ATTRIBUTE, Spot.PLAIN})
_SAFE_IN: dict[Spot, Callable[[str], str]] = {
    Spot.TEXT: inert.in_text,
    Spot.TITLE: inert.in_attribute,
    Spot.ATTRIBUTE: inert.in_attribute,
    Spot.URL: inert.in_url,
    Spot.URL_PART: inert.in_url_part,
    Spot.PHONE: inert.in_phone,
    Spot.STYLE: inert.in_style,
    Spot.COMMENT: inert.in_comment,
    Spot.PLAIN: inert.in_plain,
}
