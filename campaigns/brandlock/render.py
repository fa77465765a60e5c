"""One render for every target: the template's literals joined with values made safe for their spot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from . import inert
from .compile import Compiled
from .context import RenderContext
from .fields import FieldSpec, FieldType
from .links import link_or_empty
from .pieces import Literal, Origin, Piece, Place, Section, Spot
from .plaintext import tidy, to_text
from .sanitise import sanitise
from .tokens import TOKEN, UNSUBSCRIBE_URL, origin_of
from .values import Values, line_of, part_of, standing


class Target(StrEnum):
    """What a render is for: to be looked at, to be sent by Braze, or its plain text alone."""

    PREVIEW = "preview"
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

    PREVIEW fills merge tags with samples and names the places by `data-place` and `data-section-place`; BRAZE leaves
    Liquid in; TEXT is BRAZE without the HTML.
    """
    writer = Writer(compiled, values, context, target)
    html = "" if target is Target.TEXT else "".join(writer.write(compiled.pieces))
    return Rendered(
        subject=writer.line(compiled.subject),
        preheader=writer.line(compiled.preheader),
        html=html,
        text=tidy(inert.join_plain(writer.write(compiled.text))),
    )


class Writer:
    """Writes pieces with one mailing's values; each place by the spot that it stands in."""

    def __init__(self, compiled: Compiled, values: Values, context: RenderContext, target: Target) -> None:
        self.fields = {spec.name: spec for spec in compiled.fields}
        self.values = values
        self.context = context
        self.is_preview = target is Target.PREVIEW
        self.standing = standing(compiled, values)

    def line(self, pieces: tuple[Piece, ...]) -> str:
        return " ".join(inert.join_plain(self.write(pieces)).split())

    def write(self, pieces: tuple[Piece, ...]) -> Iterator[str]:
        for piece in pieces:
            if isinstance(piece, Literal):
                yield piece.text
            elif isinstance(piece, Section):
                if piece.name in self.standing:
                    yield from self.write(piece.pieces)
            else:
                yield self.place(piece)

    def place(self, place: Place) -> str:
        if place.spot is Spot.MARK:
            return self.mark(place)
        if place.origin is not Origin.FIELD:
            return self.token(place.name, place.spot)
        spec = self.fields[place.name]
        if place.spot is Spot.RICH or (spec.type is FieldType.TEXT and place.spot is Spot.PLAIN):
            return self.rich(spec, place.spot)
        if spec.type is FieldType.LINE:
            return self.words(line_of(self.values, spec.name), place.spot)
        if place.part == "url":
            return self.address(spec, place.spot)
        return self.words(part_of(self.values, spec.name, place.part), place.spot)

    def mark(self, place: Place) -> str:
        if not self.is_preview:
            return ""
        attribute = "data-section-place" if place.origin is Origin.SECTION else "data-place"
        return f' {attribute}="{place.name}"'

    def words(self, text: str, spot: Spot) -> str:
        """Writes an author's text, in which `[[name]]` stands for what the brand allows and nothing else does."""
        return self.with_tokens(text, spot, _SAFE_IN[spot])

    def rich(self, spec: FieldSpec, spot: Spot) -> str:
        html = sanitise(part_of(self.values, spec.name, "html"), spec.formats, spec.styles)
        if spot is Spot.PLAIN:
            return self.with_tokens(to_text(inert.without_braces(html)).strip("\n"), spot, inert.in_plain)
        return self.with_tokens(html, Spot.TEXT, inert.without_braces)

    def with_tokens(self, text: str, spot: Spot, safe: Callable[[str], str]) -> str:
        parts: list[str] = []
        at = 0
        for match in TOKEN.finditer(text):
            if self.context.fills(match.group(1)):
                parts += (safe(text[at : match.start()]), self.token(match.group(1), spot))
                at = match.end()
        parts.append(safe(text[at:]))
        return inert.join_plain(parts) if spot is Spot.PLAIN else "".join(parts)

    def address(self, spec: FieldSpec, spot: Spot) -> str:
        if spec.type is FieldType.IMAGE:
            image = self.context.images.get(part_of(self.values, spec.name, "image"))
            url = "" if image is None else image.url
        else:
            url = part_of(self.values, spec.name, "url")
        return _SAFE_IN[spot](link_or_empty(url))

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
        if self.is_preview:
            return safe(tag.sample)
        if spot is Spot.TITLE:  # Braze reads Liquid in the body only (B-LIQ-4)
            return safe(tag.fallback)
        return tag.liquid(html=spot is not Spot.PLAIN)


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
