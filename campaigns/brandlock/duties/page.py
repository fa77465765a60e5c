"""A template as the publish checks read it: its elements with words, styles and places in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from html import escape, unescape

from selectolax.lexbor import LexborHTMLParser

from campaigns.brandlock import inert
from campaigns.brandlock.compiled import Compiled
from campaigns.brandlock.context import RenderContext
from campaigns.brandlock.fields import FieldType
from campaigns.brandlock.findings import Finding
from campaigns.brandlock.pieces import Literal, Origin, Piece, Place, Section, Spot
from campaigns.brandlock.resolve import is_content_field
from campaigns.brandlock.source import Document, Element, Kind, RunKind, position, read
from campaigns.brandlock.styles import hides, hiding_selectors
from campaigns.brandlock.types import TYPES

_TAG = re.compile(r"<[^>]*>|<!--.*?-->", re.DOTALL)
_PROPERTY = re.compile(r"\s*([\w-]+)\s*:\s*([^;]*)")
_WORDS = re.compile(r"\s+")
_SEARCHED_CHARACTERS = 30
_PLACE = "data-zqplace"
_PSEUDO = re.compile(r"::?(?:link|visited|any-link|first-line|first-letter)\b", re.IGNORECASE)
MOST_SELECTORS = 200
SOMEWHERE = "https://www.example.com/"


class Page:
    """The finished page of a template, all of its sections standing and all fields at their defaults.

    An HTML source is read itself, so that every element has its exact place. Of MJML the compiled page is read, and an
    element's place is found by its words or addresses in the source. A shared part is a page as well, without what
    stands around it.
    """

    def __init__(self, source: str, compiled: Compiled, *, is_part: bool = False) -> None:
        self.source = source
        self.compiled = compiled
        self.is_part = is_part
        self.is_source = compiled.kind is Kind.HTML
        self.html = source if self.is_source else "".join(_filled(compiled.pieces, compiled))
        self.document: Document = read(self.html, Kind.HTML)
        self.own: Document = self.document if self.is_source else read(source, Kind.MJML)
        self._styles: dict[int, dict[str, str]] = {}

    @property
    def elements(self) -> tuple[Element, ...]:
        """All elements in order."""
        return self.document.elements

    def note(
        self, element: Element | None, code: str, message: str, *, blocks: bool = True, near: str = "", **params: str
    ) -> Finding:
        """Returns a finding at an element's place in the source, or where the text `near` stands in or after it."""
        offset = self.offset(element)
        places = (self.source.find(text, offset if self.is_source else 0) for text in {near, escape(near)} if near)
        line, column = position(self.source, min((place for place in places if place >= 0), default=offset))
        return Finding(code, message, line, column, params=params, blocks=blocks)

    def offset(self, element: Element | None) -> int:
        """Returns where an element stands in the source; the beginning of the body where it cannot be found."""
        if element is None:
            return 0
        if self.is_source:
            return element.start
        for text in self._searched(element):
            found = self.source.find(text)
            if found >= 0:
                return found
        body = self.own.root("mj-body")
        return 0 if body is None else body.start

    def _searched(self, element: Element) -> Iterator[str]:
        """Yields what an element of the compiled page and its source have in common, the surest first."""
        for name in ("src", "href", "alt", "class"):
            if value := element.get(name):
                yield f'"{value}"'
        words = self.words(element)
        if len(words) >= 3:
            yield words[:_SEARCHED_CHARACTERS]
            yield words.split()[0]

    def words(self, element: Element) -> str:
        """Returns the words inside an element, entities resolved, in one line."""
        inner = self.html[element.open_end : max(element.open_end, element.close_start)]
        return _WORDS.sub(" ", unescape(_TAG.sub("", inner))).strip()

    def texts(self) -> Iterator[tuple[Element, str]]:
        """Yields every stretch of words with the element that holds it; style sheets and titles are none."""
        for run in self.document.runs:
            if run.kind is not RunKind.TEXT or run.element is None or run.element.tag in {"title", "style", "script"}:
                continue
            words = _WORDS.sub(" ", unescape(self.html[run.start : run.end])).strip()
            if words:
                yield run.element, words

    def styles(self, element: Element) -> dict[str, str]:
        """Returns the properties of an element's own style by name, in lower case."""
        known = self._styles.get(element.start)
        if known is None:
            found = _PROPERTY.findall(element.get("style"))
            known = {name.lower(): value.strip().lower() for name, value in found}
            self._styles[element.start] = known
        return known

    def is_hidden(self, element: Element) -> bool:
        """Tells whether readers do not see an element: it, or one around it, is not displayed or has no size."""
        size = ""
        for above in (element, *element.ancestors()):
            styles = self.styles(above)
            size = size or styles.get("font-size", "")  # the nearest one counts, what hides counts from anywhere
            if hides({name: value for name, value in styles.items() if name != "font-size"}):
                return True
        return re.fullmatch(r"[01](?:px|pt)?", size) is not None

    def is_field(self, element: Element) -> bool:
        """Tells whether an element is open to authors; what stands in it is theirs to answer for."""
        return self.is_source and any(is_content_field(above) for above in (element, *element.ancestors()))

    @cached_property
    def image_fields(self) -> frozenset[str]:
        """The addresses that stand for images of authors in a compiled page."""
        return frozenset(f"{SOMEWHERE}{spec.name}" for spec in self.compiled.fields if spec.type is FieldType.IMAGE)

    @cached_property
    def hidden_by_sheets(self) -> frozenset[int]:
        """Where the elements start that a rule of a style sheet hides on every screen.

        The page is parsed once more for its selectors; each of our elements carries its place there.
        """
        selectors = tuple(dict.fromkeys(hiding_selectors(self.style_sheets)))[:MOST_SELECTORS]
        if not selectors:
            return frozenset()
        parts: list[str] = []
        at = 0
        for element in self.elements:
            after_name = element.start + 1 + len(element.tag)
            parts += (self.html[at:after_name], f' {_PLACE}="{element.start}"')
            at = after_name
        tree = LexborHTMLParser("".join((*parts, self.html[at:])))
        found: set[int] = set()
        for selector in selectors:
            try:
                nodes = tree.css(_PSEUDO.sub("", selector))
            except (ValueError, RuntimeError):
                continue  # a selector that is not known here hides nothing that could be told
            found |= {int(place) for node in nodes if (place := node.attributes.get(_PLACE))}
        return frozenset(found)

    @cached_property
    def style_sheets(self) -> str:
        """The text of all style sheets."""
        return "\n".join(
            self.html[run.start : run.end]
            for run in self.document.runs
            if run.kind is RunKind.RAW and run.element is not None and run.element.tag == "style"
        )


def _filled(pieces: Sequence[Piece], compiled: Compiled) -> Iterator[str]:
    """Yields the page's text: defaults in the places of fields, tokens as they were written."""
    for piece in pieces:
        if isinstance(piece, Literal):
            yield piece.text
        elif isinstance(piece, Section):
            yield from _filled(piece.pieces, compiled)
        elif piece.spot is not Spot.MARK:
            yield _default(piece, compiled)


def _default(place: Place, compiled: Compiled) -> str:
    if place.origin is not Origin.FIELD:
        return SOMEWHERE if place.spot is Spot.STYLE else f"[[{place.name}]]"
    spec = compiled.fields_by_name[place.name]
    if place.spot is Spot.URL:
        return f"{SOMEWHERE}{spec.name}"
    if place.spot is Spot.SNIPPET:
        return ""
    shown = TYPES[spec.type].shown(spec, spec.default, place.part, RenderContext())
    return shown if place.spot is Spot.RICH else inert.in_attribute(shown or spec.label)
