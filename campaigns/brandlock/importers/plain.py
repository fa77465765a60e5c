"""Plain HTML and MJML without marks: what could be a field is proposed, and what the mail still lacks is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from braze_client.liquid import contains_liquid
from campaigns.brandlock.compile import MAX_SOURCE_CHARACTERS
from campaigns.brandlock.fields import FieldType, Format
from campaigns.brandlock.findings import sentence
from campaigns.brandlock.resolve import MOST_FIELDS
from campaigns.brandlock.rules import allowed_formats, spoken
from campaigns.brandlock.source import Document, Element, Kind, RunKind, read
from campaigns.brandlock.tokens import ADDRESS_TOKENS, TOKEN, UNSUBSCRIBE_URL

from .naming import Names
from .report import ImportReport, Outcome
from .rewrite import Lines, Rewrite
from .terrain import HEADINGS, MAILER_TAGS, Terrain, descendants, is_hidden

EXCERPT_CHARACTERS = 120
MOST_LINKS = 5
_LONGEST_STYLE = 500
_PREHEADER = re.compile(r"pre-?header|preview-?text", re.IGNORECASE)
_LOGO = re.compile(r"logo", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One place that could become a field; `start` is the offset of its start tag and tells it from the others.

    A proposal without types is a link to be led to `[[unsubscribe_url]]` and has no name. `styles` are marks that keep
    the look of what authors write. The name of a subject or preheader is `is_fixed`.
    """

    start: int
    tag: str
    types: tuple[FieldType, ...]
    name: str
    label: str
    line: int
    column: int
    excerpt: str
    styles: tuple[tuple[str, str], ...] = ()
    is_fixed: bool = False

    @property
    def is_link(self) -> bool:
        """Tells whether it is the link to unsubscribe."""
        return not self.types


@dataclass(frozen=True, slots=True)
class Survey:
    """The proposals for a source in its order, and what it lacks."""

    proposals: tuple[Proposal, ...]
    report: ImportReport


def propose(source: str, *, kind: str) -> Survey:
    """Proposes fields for a source, `kind` being `mjml` or `html`: subject, preheader, headings, text, images, buttons.

    Nothing is proposed inside another field, in the head, or in a comment, and a template never gets more than 200
    fields. A source of more than 500,000 characters, or one that is nested deeper than 200, gets no proposals. Nothing
    is raised.
    """
    rewrite = Rewrite(source)
    document = readable(source, Kind(kind), rewrite)
    if document is None:
        return Survey((), rewrite.result()[1])
    surveyor = _Surveyor(document, Kind(kind))
    proposals = tuple(sorted(surveyor.all(), key=lambda proposal: proposal.start))
    note_what_is_missing(document, surveyor.terrain, rewrite)
    return Survey(proposals, rewrite.result()[1])


def readable(source: str, kind: Kind, rewrite: Rewrite) -> Document | None:
    """Returns the source as a document, or notes why nothing can be done with it."""
    if len(source) > MAX_SOURCE_CHARACTERS:
        message = sentence("The source has more than %(most)s characters and was not looked at. Make it shorter.")
        rewrite.note(Outcome.PERSON, 0, message, most=str(MAX_SOURCE_CHARACTERS))
        return None
    document = read(source, kind)
    if document.is_cut_short:
        for finding in document.findings[-1:]:
            offset = Lines(source).starts[finding.line - 1] + finding.column - 1
            rewrite.note(Outcome.PERSON, offset, finding.message, **finding.params)
        return None
    return document


def note_what_is_missing(document: Document, terrain: Terrain, rewrite: Rewrite) -> None:
    """Notes what every template owes and this source does not have."""
    titles = [element for element in document.elements if element.tag in {"title", "mj-title"}]
    if not titles:
        message = sentence("There is no title, which becomes the subject. Write one into the head.")
        rewrite.note(Outcome.PERSON, 0, message)
    links = [TOKEN.fullmatch(element.get("href").strip()) for element in document.elements]
    if not any(match is not None and match.group(1) == UNSUBSCRIBE_URL for match in links):
        if terrain.links:
            message = sentence("This link seems to unsubscribe. Confirm that it leads to [[unsubscribe_url]].")
            rewrite.note(Outcome.PERSON, terrain.links[0].start, message)
        else:
            message = sentence("No link unsubscribes. Add one that leads to [[unsubscribe_url]].")
            rewrite.note(Outcome.PERSON, 0, message)
    for element in document.elements:
        if element.tag in MAILER_TAGS:
            message = sentence("<%(tag)s> means something only at another mailer. Write a link, or take it out.")
            rewrite.note(Outcome.PERSON, element.start, message, tag=element.tag)
    visible = (run for run in document.runs if run.kind is RunKind.TEXT)
    names = {name for run in visible for name in TOKEN.findall(document.text, run.start, run.end)}
    if not names & ADDRESS_TOKENS:
        message = sentence("No part shows the postal address. Write [[group.address]] into the footer.")
        rewrite.note(Outcome.PERSON, 0, message)


class _Surveyor:
    def __init__(self, document: Document, kind: Kind) -> None:
        self.document = document
        self.kind = kind
        self.terrain = Terrain(document)
        self.names = Names(document)
        self.lines = Lines(document.text)
        self.left = MOST_FIELDS - sum(element.attribute("data-field") is not None for element in document.elements)

    def all(self) -> Iterator[Proposal]:
        preheader = self.preheader()
        heads = (("subject", self.subject()), ("preheader", preheader))
        for name, element in heads:
            if element is not None and self.left > 0:
                self.left -= 1
                yield self.proposal(element, (FieldType.LINE,), name, is_fixed=True)
        for link in islice(filter(self.is_open_link, self.terrain.links), MOST_LINKS):
            yield self.proposal(link, (), "")
        for element in self.terrain.parts():
            if self.left <= 0:
                return
            if element is not preheader:
                self.left -= 1
                types = self.terrain.types(element)
                yield self.proposal(element, types, self.names.take(*_wanted(element, types[0])))

    def subject(self) -> Element | None:
        found = self.document.root("mj-title" if self.kind is Kind.MJML else "title")
        return found if found is not None and self.is_head_line(found) else None

    def preheader(self) -> Element | None:
        """Returns the element with the preview text: MJML's own, else the first hidden words of the body."""
        if any(element.get("data-field") == "preheader" for element in self.document.elements):
            return None
        if self.kind is Kind.MJML:
            found = self.document.root("mj-preview")
            return found if found is not None and self.is_head_line(found) else None
        for element in self.document.elements:
            is_meant = _PREHEADER.search(f"{element.get('class')} {element.get('id')}") is not None
            if not (is_meant or is_hidden(element)) or not self.terrain.is_free(element):
                continue
            is_line = FieldType.LINE in self.terrain.types(element) and self.terrain.has_words(element)
            if is_line and not any(child.tag == "a" for child in descendants(element)):
                is_foreign = self.terrain.holds(self.terrain.foreign, element)
                return None if is_foreign or self.terrain.is_legal(element) else self.terrain.innermost(element)
        return None

    def is_head_line(self, element: Element) -> bool:
        """Tells whether a title or preview holds words alone and is not marked yet."""
        is_plain = element.closed and element.start not in self.terrain.marked and not element.children
        return is_plain and not any(
            self.terrain.holds(offsets, element) for offsets in (self.terrain.liquid, self.terrain.foreign)
        )

    def is_open_link(self, link: Element) -> bool:
        """Tells whether a link has an address of its own still, and no field fills it."""
        href = link.attribute("href")
        if href is None or link.attribute("data-field") is not None or contains_liquid(href.value):
            return False
        if not link.closed or link.start in self.terrain.closed:
            return False
        return TOKEN.fullmatch(href.value.strip()) is None and "*|" not in href.value

    def proposal(
        self, element: Element, types: tuple[FieldType, ...], name: str, *, is_fixed: bool = False
    ) -> Proposal:
        line, column = self.lines.position(element.start)
        is_image = FieldType.IMAGE in types
        excerpt = element.get("alt") or element.get("src") if is_image else self.terrain.words(element)
        styles = tuple(styles_of(element).items()) if FieldType.TEXT in types else ()
        return Proposal(
            start=element.start,
            tag=element.tag,
            types=types,
            name=name,
            label=spoken(name),
            line=line,
            column=column,
            excerpt=excerpt if len(excerpt) <= EXCERPT_CHARACTERS else f"{excerpt[:EXCERPT_CHARACTERS].rstrip()}…",
            styles=styles,
            is_fixed=is_fixed,
        )


_STYLE_MARKS = (
    (frozenset({"a"}), "data-link-style", Format.LINK),
    (frozenset({"p"}), "data-paragraph-style", Format.PARAGRAPH),
    (frozenset({"ul", "ol"}), "data-list-style", Format.LIST),
)


def styles_of(element: Element) -> dict[str, str]:
    """Returns the styles of the first link, paragraph and list as marks, so that authors' words look like them."""
    formats = allowed_formats(element)
    found: dict[str, str] = {}
    for child in descendants(element):
        for tags, mark, wanted in _STYLE_MARKS:
            style = child.get("style").strip()
            if child.tag in tags and wanted in formats and mark not in found and _is_plain_style(style):
                found[mark] = style
    return found


def _is_plain_style(style: str) -> bool:
    return 0 < len(style) <= _LONGEST_STYLE and not contains_liquid(style) and "[[" not in style and "*|" not in style


def _wanted(element: Element, field_type: FieldType) -> tuple[str, str]:
    """Returns the name that a field should have, and the one for where that cannot be."""
    if field_type is FieldType.IMAGE:
        is_logo = _LOGO.search(f"{element.get('alt')} {element.get('class')} {element.get('src')}") is not None
        return ("logo", "image") if is_logo else ("image", "image")
    is_heading = element.tag in HEADINGS or any(above.tag in HEADINGS for above in element.ancestors())
    return ("headline" if is_heading else field_type.value), field_type.value
