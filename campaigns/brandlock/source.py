"""Reading MJML and HTML with exact offsets: elements, their attributes, and the runs between them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from html import unescape
from html.parser import HTMLParser

from braze_client.liquid import tags_in

from .findings import Finding

VOID_TAGS = frozenset(
    {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    }
)

MAX_DEPTH = 200
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?|[\s/]+|.""", re.DOTALL)
_NOT_LINE_BREAK = re.compile(r"[^\n]")


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

    One that is nested deeper than 200 elements is read no further and is cut short.
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
    line_start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - line_start + 1


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


class _TooDeep(Exception):
    """The source is nested too deeply to be read on."""


class _Reader(HTMLParser):
    """Walks a source with the standard library's tokenizer and keeps offsets."""

    def __init__(self, text: str, kind: Kind) -> None:
        super().__init__(convert_charrefs=False)
        self.source = text
        self.kind = kind
        self.elements: list[Element] = []
        self.runs: list[Run] = []
        self.findings: list[Finding] = []
        self.open: list[Element] = []
        self.is_cut_short = False
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def run(self) -> None:
        try:
            self.feed(shield_liquid(self.source))
            self.close()
        except _TooDeep:
            self.is_cut_short = True
        except AssertionError:  # the standard library's answer to a broken `<![` declaration
            self.note("unreadable", "The markup cannot be read from here on.", self.here())
        for element in reversed(self.open):
            self.finish(element, len(self.source), len(self.source), closed=False)

    def here(self) -> int:
        line, column = self.getpos()
        return self.line_starts[line - 1] + column

    def note(self, code: str, message: str, offset: int, **params: str) -> None:
        line, column = position(self.source, offset)
        self.findings.append(Finding(code, message, line, column, params=params))

    def add_run(self, kind: RunKind, length: int, element: Element | None) -> None:
        start = self.here()
        self.runs.append(Run(kind, start, start + length, element))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.start(tag, self_closing=False)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.start(tag, self_closing=self.kind is Kind.MJML or tag in VOID_TAGS)

    def start(self, tag: str, *, self_closing: bool) -> None:
        raw = self.get_starttag_text() or ""
        begin = self.here()
        parent = self.open[-1] if self.open else None
        element = Element(tag, _attributes(self.source, raw, begin, tag), begin, begin + len(raw), parent)
        if self.kind is Kind.MJML:
            self.check_attributes(element)
        seen: set[str] = set()
        for attribute in element.attributes:
            if attribute.name in seen:
                self.note(
                    "duplicate_attribute",
                    "The attribute %(attribute)s stands twice in one tag.",
                    attribute.start,
                    attribute=attribute.name,
                )
            seen.add(attribute.name)
        self.elements.append(element)
        if parent is not None:
            parent.children.append(element)
        self.runs.append(Run(RunKind.TAG, element.start, element.open_end, element))
        if self_closing or tag in VOID_TAGS:
            self.finish(element, element.open_end, element.open_end, closed=True)
        else:
            self.open.append(element)
            if len(self.open) > MAX_DEPTH:
                message = "Elements are nested deeper than %(most)s here."
                self.note("too_deep", message, begin, most=str(MAX_DEPTH))
                raise _TooDeep

    def check_attributes(self, element: Element) -> None:
        at = element.start + 1 + len(element.tag)
        for attribute in element.attributes:
            between = self.source[at : attribute.start].strip(" \t\n/")
            has_value = attribute.value_start != attribute.end
            if between or "<" in attribute.name or (has_value and not attribute.quote):
                self.note("bad_attribute", 'An attribute is written name="value".', attribute.start + 1)
            elif "<" in self.source[attribute.value_start : attribute.value_end]:
                self.note("stray_bracket", "A < that begins no tag is written &lt;.", attribute.value_start)
            at = attribute.end
        if self.source[at : element.open_end].strip(" \t\n/>"):
            self.note("bad_attribute", 'An attribute is written name="value".', at)

    def handle_endtag(self, tag: str) -> None:
        begin = self.here()
        close = self.source.find(">", begin)
        end = len(self.source) if close < 0 else close + 1
        if not any(element.tag == tag for element in self.open):
            if self.kind is Kind.MJML and tag not in VOID_TAGS:
                self.note("unopened", "</%(tag)s> closes nothing.", begin, tag=tag)
            return
        while (element := self.open.pop()).tag != tag:
            self.finish(element, begin, begin, closed=False)
        self.finish(element, begin, end, closed=True)

    def finish(self, element: Element, close_start: int, end: int, *, closed: bool) -> None:
        element.close_start, element.end, element.closed = close_start, end, closed
        if self.kind is Kind.MJML and not closed:
            self.note("unclosed", "<%(tag)s> is never closed.", element.start, tag=element.tag)

    def handle_data(self, data: str) -> None:
        # Newer Pythons read a title without tags inside, as browsers do; its words are text all the same.
        kind = RunKind.TEXT if self.cdata_elem in {None, "title", "textarea"} else RunKind.RAW
        self.add_run(kind, len(data), self.open[-1] if self.open else None)
        if self.kind is Kind.MJML and kind is RunKind.TEXT and "<" in data:
            self.note("stray_bracket", "A < that begins no tag is written &lt;.", self.here() + data.index("<"))

    def handle_comment(self, data: str) -> None:
        self.add_run(RunKind.COMMENT, len("<!--") + len(data) + len("-->"), self.open[-1] if self.open else None)


def _attributes(text: str, shielded: str, start: int, tag: str) -> tuple[Attribute, ...]:
    """Returns the attributes of the start tag at `start`, cut in its shielded text and valued from the true one."""
    found: list[Attribute] = []
    for match in _ATTRIBUTE.finditer(shielded, 1 + len(tag), len(shielded) - 1):
        name, value = match.group(1), match.group(2)
        if name is None:
            continue
        value_start, value_end = (match.end(), match.end()) if value is None else match.span(2)
        quote = value[0] if value is not None and value[0] in "\"'" else ""
        if quote:
            value_start, value_end = value_start + 1, value_end - 1
        written = text[start + value_start : start + value_end]
        found.append(
            Attribute(
                name.lower(),
                unescape(written),
                start + match.start(),
                start + match.end(),
                start + value_start,
                start + value_end,
                quote,
            )
        )
    return tuple(found)
