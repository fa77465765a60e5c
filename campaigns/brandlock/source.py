"""Reading MJML and HTML with exact offsets: elements, their attributes, and the runs between them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from html import unescape

from braze_client.liquid import tags_in

from .findings import Finding, sentence
from .markup import ATTRIBUTE, Token, TokenKind, is_self_closing, tokens_in

VOID_TAGS = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)

MAX_DEPTH = 200
MOST_FINDINGS = 200
MOST_ATTRIBUTES = 200
_NOT_LINE_BREAK = re.compile(r"[^\n]")
_LINE_BREAK = re.compile(r"\n")


class Kind(StrEnum):
    """The two languages a template can be written in."""

    MJML = "mjml"
    HTML = "html"


class RunKind(StrEnum):
    """What a stretch of the source is."""

    TEXT = "text"
    RAW = "raw"
    COMMENT = "comment"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a start tag; `start` includes the white space before it, the value's offsets leave out quotes.

    `quote` is the quotation mark around the value, empty where there is none.
    """

    name: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int
    quote: str


@dataclass(slots=True, eq=False)
class Element:
    """One element; `text[start:open_end]` is its start tag and `text[open_end:close_start]` its content."""

    tag: str
    attributes: tuple[Attribute, ...]
    start: int
    open_end: int
    parent: Element | None
    close_start: int = -1
    end: int = -1
    closed: bool = False
    children: list[Element] = field(default_factory=list)

    def attribute(self, name: str) -> Attribute | None:
        """Returns the attribute of that name."""
        return next((found for found in self.attributes if found.name == name), None)

    def get(self, name: str, default: str = "") -> str:
        """Returns the attribute's value with its entities resolved."""
        found = self.attribute(name)
        return default if found is None else found.value

    def ancestors(self) -> Iterator[Element]:
        """Yields the elements around this one, innermost first."""
        above = self.parent
        while above is not None:
            yield above
            above = above.parent


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch of text, of a style sheet, of a comment, or one start tag, with the element that holds it."""

    kind: RunKind
    start: int
    end: int
    element: Element | None


@dataclass(frozen=True, slots=True)
class Document:
    """A source that was read: its elements in source order, its runs, and what does not fit together in it.

    One that is nested deeper than 200 elements, in which a tag has more than 200 attributes, in which a tag or a
    comment never ends, or in which more than 200 things do not fit, is read no further and is cut short.
    """

    text: str
    elements: tuple[Element, ...]
    runs: tuple[Run, ...]
    findings: tuple[Finding, ...]
    is_cut_short: bool = False

    def run_at(self, offset: int) -> Run | None:
        """Returns the run that covers the offset."""
        index = bisect_right(self.runs, offset, key=lambda run: run.start) - 1
        if index >= 0 and self.runs[index].start <= offset < self.runs[index].end:
            return self.runs[index]
        return None

    def content(self, element: Element) -> str:
        """Returns the element's content as written."""
        return self.text[element.open_end : element.close_start]

    def root(self, tag: str) -> Element | None:
        """Returns the first element with that tag."""
        return next((element for element in self.elements if element.tag == tag), None)


def position(text: str, offset: int) -> tuple[int, int]:
    """Returns line and column of an offset, both from 1."""
    starts = _line_starts(text)
    line = bisect_right(starts, offset)
    return line, offset - starts[line - 1] + 1


@lru_cache(maxsize=8)
def _line_starts(text: str) -> tuple[int, ...]:
    return (0, *(match.end() for match in _LINE_BREAK.finditer(text)))


def shield_liquid(text: str) -> str:
    """Returns the text with every Liquid tag replaced by filler of the same length and the same line breaks.

    Quotes and angle brackets inside Liquid would otherwise be read as markup; offsets stay true.
    """
    parts: list[str] = []
    at = 0
    for tag in tags_in(text):
        parts += (text[at : tag.start], _NOT_LINE_BREAK.sub("l", tag.source))
        at = tag.end
    parts.append(text[at:])
    return "".join(parts)


def read(text: str, kind: Kind) -> Document:
    """Reads a source; nothing is raised, everything that does not fit is a finding with line and column."""
    reader = _Reader(text, kind)
    reader.run()
    return Document(text, tuple(reader.elements), tuple(reader.runs), tuple(reader.findings), reader.is_cut_short)


class _NotReadOn(Exception):
    """The source is nested too deeply, or holds too much that is wrong, to be read on."""


class _Reader:
    """Walks the tokens of a source and keeps offsets."""

    def __init__(self, text: str, kind: Kind) -> None:
        self.source = text
        self.shielded = shield_liquid(text)
        self.kind = kind
        self.elements: list[Element] = []
        self.runs: list[Run] = []
        self.findings: list[Finding] = []
        self.open: list[Element] = []
        self.is_cut_short = False

    def run(self) -> None:
        try:
            for token in tokens_in(self.shielded):
                self.take(token)
            for element in reversed(self.open) if self.kind is Kind.MJML else ():
                self.note_unclosed(element)
        except _NotReadOn:
            self.is_cut_short = True
        for element in self.open:
            element.close_start = element.end = len(self.source)

    def take(self, token: Token) -> None:
        holder = self.open[-1] if self.open else None
        match token.kind:
            case TokenKind.START:
                self.start(token, holder)
            case TokenKind.END:
                self.close(token)
            case TokenKind.TEXT:
                self.runs.append(Run(RunKind.TEXT, token.start, token.end, holder))
                if self.kind is Kind.MJML and (bracket := self.shielded.find("<", token.start, token.end)) >= 0:
                    self.note("stray_bracket", sentence("A < that begins no tag is written &lt;."), bracket)
            case TokenKind.RAW:
                self.runs.append(Run(RunKind.RAW, token.start, token.end, holder))
            case TokenKind.COMMENT:
                self.runs.append(Run(RunKind.COMMENT, token.start, token.end, holder))
            case TokenKind.BROKEN:
                self.note("unreadable", sentence("The markup cannot be read from here on."), token.start)
                raise _NotReadOn
            case TokenKind.OTHER:
                pass

    def note(self, code: str, message: str, offset: int, **params: str) -> None:
        if len(self.findings) >= MOST_FINDINGS:
            raise _NotReadOn
        line, column = position(self.source, offset)
        self.findings.append(Finding(code, message, line, column, params=params))

    def start(self, token: Token, holder: Element | None) -> None:
        attributes = _attributes(self.source, self.shielded, token)
        element = Element(token.tag, attributes, token.start, token.end, holder)
        if len(attributes) > MOST_ATTRIBUTES:
            message = sentence("<%(tag)s> has more than %(most)s attributes.")
            self.note("too_many", message, element.start, tag=element.tag[:60], most=str(MOST_ATTRIBUTES))
            raise _NotReadOn
        if self.kind is Kind.MJML:
            self.check_attributes(element)
        seen: set[str] = set()
        for attribute in element.attributes:
            if attribute.name in seen:
                self.note(
                    "duplicate_attribute",
                    sentence("The attribute %(attribute)s stands twice in one tag."),
                    attribute.start,
                    attribute=attribute.name,
                )
            seen.add(attribute.name)
        self.elements.append(element)
        if holder is not None:
            holder.children.append(element)
        self.runs.append(Run(RunKind.TAG, element.start, element.open_end, element))
        is_empty = self.kind is Kind.MJML and is_self_closing(self.shielded, token)
        if is_empty or token.tag in VOID_TAGS:
            element.close_start = element.end = element.open_end
            element.closed = True
            return
        self.open.append(element)
        if len(self.open) > MAX_DEPTH:
            message = sentence("Elements are nested deeper than %(most)s here.")
            self.note("too_deep", message, element.start, most=str(MAX_DEPTH))
            raise _NotReadOn

    def check_attributes(self, element: Element) -> None:
        at = element.start + 1 + len(element.tag)
        for attribute in element.attributes:
            between = self.source[at : attribute.start].strip(" \t\n/")
            has_value = attribute.value_start != attribute.end
            if between or "<" in attribute.name or (has_value and not attribute.quote):
                self.note("bad_attribute", sentence('An attribute is written name="value".'), attribute.start + 1)
            elif "<" in self.source[attribute.value_start : attribute.value_end]:
                self.note("stray_bracket", sentence("A < that begins no tag is written &lt;."), attribute.value_start)
            at = attribute.end
        if self.source[at : element.open_end].strip(" \t\n/>"):
            self.note("bad_attribute", sentence('An attribute is written name="value".'), at)

    def close(self, token: Token) -> None:
        if not any(element.tag == token.tag for element in self.open):
            if self.kind is Kind.MJML and token.tag not in VOID_TAGS:
                self.note("unopened", sentence("</%(tag)s> closes nothing."), token.start, tag=token.tag)
            return
        while (element := self.open.pop()).tag != token.tag:
            element.close_start = element.end = token.start
            if self.kind is Kind.MJML:
                self.note_unclosed(element)
        element.close_start, element.end, element.closed = token.start, token.end, True

    def note_unclosed(self, element: Element) -> None:
        self.note("unclosed", sentence("<%(tag)s> is never closed."), element.start, tag=element.tag)


def _attributes(text: str, shielded: str, token: Token) -> tuple[Attribute, ...]:
    """Returns the attributes of a start tag, cut in the shielded text and valued from the true one."""
    found: list[Attribute] = []
    for match in ATTRIBUTE.finditer(shielded, token.start + 1 + len(token.tag), token.end - 1):
        name, value = match["name"], match["value"]
        if name is None:
            continue
        value_start, value_end = (match.end(), match.end()) if value is None else match.span("value")
        quote = value[0] if value is not None and value[0] in "\"'" else ""
        if quote:
            value_start, value_end = value_start + 1, value_end - 1
        written = unescape(text[value_start:value_end])
        found.append(Attribute(name.lower(), written, match.start(), match.end(), value_start, value_end, quote))
    return tuple(found)
