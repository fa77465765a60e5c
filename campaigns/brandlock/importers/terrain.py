"""What of a foreign document can become a field: which elements hold words alone, and what holds more than words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from html import unescape
from itertools import islice

from braze_client.liquid import tags_in
from campaigns.brandlock.fields import FieldType
from campaigns.brandlock.marks import ALL_MARKS
from campaigns.brandlock.resolve import is_content_field
from campaigns.brandlock.source import VOID_TAGS, Document, Element, RunKind
from campaigns.brandlock.types import TYPES

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
SHORT_CHARACTERS = 60
_INLINE = frozenset(
    {"a", "abbr", "b", "big", "br", "em", "font", "i", "s", "small", "span", "strong", "sub", "sup", "u", "wbr"}
)
_RICH = frozenset({"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "ul"})
_BREAKING = frozenset({"br", "li", "p"})
_WORDY = _INLINE | {"li", "ol", "p", "ul"}
_CLOSED = frozenset(
    {"head", "mj-head", "title", "style", "script", "noscript", "svg", "math", "template", "select", "textarea"}
    | {"object", "video", "audio", "picture", "form", "pre", "mj-social", "mj-navbar"}
)
MAILER_TAGS = frozenset({"webversion", "unsubscribe", "preferences", "forwardtoafriend"})
"""Elements of Campaign Monitor, which are nothing here."""
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0|mso-hide\s*:\s*all", re.IGNORECASE)
_BUTTON_CLASS = re.compile(r"button|btn|\bcta\b", re.IGNORECASE)
_BUTTON_STYLE = re.compile(r"background|padding|(?:^|;)\s*border\s*:", re.IGNORECASE)
_LEGAL = re.compile(
    r"\*\|(?:UNSUB|LIST:ADDRESS|LIST:ADDRESSLINE|HTML:LIST_ADDRESS_HTML)\|\*"
    r"|\[\[\s*(?:unsubscribe_url|group\.street|group\.address)\s*\]\]"
)
_UNSUBSCRIBE = re.compile(
    r"unsub|opt[-_ ]?out|abmeld|abbestell|d[eé]sinscri|d[eé]sabonn|darse de baja|cancelar|수신\s*거부", re.IGNORECASE
)
_SPACES = re.compile(r"\s+")
_TINY = 10


class Terrain:
    """A document with what an importer asks of its elements; made in one pass over it.

    Elements with Mailchimp's merge tags are no parts, unless the tags are being translated.
    """

    def __init__(self, document: Document, *, translates_tags: bool = False) -> None:
        self.document = document
        self.liquid = [tag.start for tag in tags_in(document.text)]
        self.legal = [match.start() for match in _LEGAL.finditer(document.text)]
        self.foreign = [] if translates_tags else [match.start() for match in re.finditer(r"\*\|", document.text)]
        self.conditional: list[int] = []
        self.run_starts = [run.start for run in document.runs]
        self.speaking: set[int] = set()
        for run in document.runs:
            if run.kind is RunKind.COMMENT and "[" in document.text[run.start : run.start + 12]:
                self.conditional.append(run.start)
            elif run.kind is RunKind.TEXT and run.element is not None and _speaks(document.text[run.start : run.end]):
                self.speaking.add(run.element.start)
        self.spoken: set[int] = set()
        self.rich: set[int] = set()
        self.wordy: set[int] = set()
        self.marked: set[int] = set()
        self.closed: set[int] = set()
        for element in reversed(document.elements):
            if element.closed and all(child.tag in _WORDY and child.start in self.wordy for child in element.children):
                self.wordy.add(element.start)
            if element.start in self.speaking or any(child.start in self.spoken for child in element.children):
                self.spoken.add(element.start)
            if any(child.tag in _RICH or child.start in self.rich for child in element.children):
                self.rich.add(element.start)
            is_marked = any(attribute.name in ALL_MARKS for attribute in element.attributes)
            if is_marked or any(child.start in self.marked for child in element.children):
                self.marked.add(element.start)
        for element in document.elements:
            is_shut = element.tag in _CLOSED | MAILER_TAGS or is_content_field(element)
            if is_shut or (element.parent is not None and element.parent.start in self.closed):
                self.closed.add(element.start)
        self.anchors = [element for element in document.elements if element.tag == "a"]
        self.anchor_starts = [link.start for link in self.anchors]
        self.buttons = [link.start for link in self.anchors if is_button(link)]
        self.links = [link for link in self.anchors if self.leads_out(link)]
        self.legal = sorted({*self.legal, *(link.start for link in self.links)})

    def words(self, element: Element) -> str:
        """Returns the words of an element's content, in one line."""
        first = bisect_left(self.run_starts, element.open_end)
        last = bisect_left(self.run_starts, element.close_start)
        parts = []
        for run in islice(self.document.runs, first, last):
            if run.kind is RunKind.TEXT:
                parts.append(self.document.text[run.start : run.end])
            elif run.kind is RunKind.TAG and run.element is not None and run.element.tag in _BREAKING:
                parts.append(" ")
        return _SPACES.sub(" ", unescape("".join(parts))).strip()

    def holds(self, offsets: list[int], element: Element) -> bool:
        """Tells whether one of the offsets, which are in order, lies in an element."""
        index = bisect_left(offsets, element.start)
        return index < len(offsets) and offsets[index] < max(element.end, element.open_end)

    def is_legal(self, element: Element) -> bool:
        """Tells whether an element holds the way out or the postal address, which no author may change."""
        return self.holds(self.legal, element)

    def leads_out(self, link: Element) -> bool:
        """Tells whether a link unsubscribes, by its address or its words."""
        return _UNSUBSCRIBE.search(link.get("href")) is not None or (
            _UNSUBSCRIBE.search(self.document.content(link)[:200]) is not None and link.start in self.wordy
        )

    def is_free(self, element: Element) -> bool:
        """Tells whether an element can be marked as a field: it is whole, and neither it nor what it holds is marked.

        Liquid stays in locked parts, and a comment for Outlook would be lost when an author's words take its place.
        """
        if not element.closed or element.start in self.marked or element.start in self.closed:
            return False
        return not (self.holds(self.liquid, element) or self.holds(self.conditional, element))

    def types(self, element: Element) -> tuple[FieldType, ...]:
        """Returns the types of field that an element can be, the fitting one first; none where it holds more."""
        if element.tag in {"img", "mj-image"}:
            return (FieldType.IMAGE,)
        if element.tag in VOID_TAGS or element.end == element.open_end or element.start not in self.wordy:
            return ()
        usual = self.usual(element)
        wanted = (usual, FieldType.BUTTON, FieldType.LINE, FieldType.TEXT)
        return tuple(dict.fromkeys(kind for kind in wanted if TYPES[kind].fits(element)))

    def usual(self, element: Element) -> FieldType:
        """Returns the type that an element with words most likely is."""
        if element.tag in {"a", "mj-button"}:
            return FieldType.BUTTON
        if element.start in self.rich:
            return FieldType.TEXT
        is_short = element.tag in HEADINGS or len(self.words(element)) <= SHORT_CHARACTERS
        return FieldType.LINE if is_short else FieldType.TEXT

    def lone_link(self, element: Element) -> Element | None:
        """Returns the link that is all the words of an element."""
        first = bisect_left(self.anchor_starts, element.open_end)
        if bisect_left(self.anchor_starts, element.close_start) != first + 1:
            return None
        link = self.anchors[first]
        return link if link.start in self.wordy and self.words(link) == self.words(element) else None

    def has_words(self, element: Element) -> bool:
        """Tells whether an element's content holds a letter or a digit."""
        return element.start in self.spoken

    def parts(self, root: Element | None = None) -> Iterator[Element]:
        """Yields the elements that can be fields, none inside another: all of them, or those in one element."""
        tops = [element for element in self.document.elements if element.parent is None]
        waiting = list(reversed(tops if root is None else root.children))
        while waiting:
            element = waiting.pop()
            if element.start in self.closed or is_hidden(element):
                continue
            found = self.part(element)
            if found is not None:
                yield found
            else:
                waiting += reversed(element.children)

    def part(self, element: Element) -> Element | None:
        """Returns the element, or the one inside with all its words, where it is one thing that can be a field."""
        if not self.is_free(element) or self.is_legal(element) or self.holds(self.foreign, element):
            return None
        if element.tag in {"img", "mj-image"}:
            return None if is_spacer(element) else element
        if element.start not in self.wordy or not self.has_words(element):
            return None
        parent = element.parent
        if element.tag in {"a", "mj-button"}:
            return element if self.types(element) else None
        if element.tag in _INLINE and parent is not None and parent.start in self.speaking:
            return None
        link = self.lone_link(element)
        if link is not None:
            return link
        if self.holds(self.buttons, element) or not self.types(element):
            return None
        return self.innermost(element)

    def innermost(self, element: Element) -> Element:
        """Returns the innermost element around all the words, so that the look of the ones around them stays."""
        while element.start not in self.speaking and len(element.children) == 1:
            child = element.children[0]
            if child.tag == "p" and self.usual(child) is FieldType.TEXT:
                break
            is_line = child.start in self.wordy and TYPES[FieldType.LINE].fits(child)
            if child.tag not in _WORDY - {"a", "br", "ul", "ol"} or not is_line or not self.is_free(child):
                break
            element = child
        return element


def descendants(element: Element) -> Iterator[Element]:
    """Yields the elements inside an element, in source order."""
    waiting = list(reversed(element.children))
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(found.children)


def is_hidden(element: Element) -> bool:
    """Tells whether an element is hidden by its own style."""
    return _HIDDEN.search(element.get("style")) is not None or element.attribute("hidden") is not None


def is_button(link: Element) -> bool:
    """Tells whether a link looks like a button."""
    classes = f"{link.get('class')} {link.get('id')} {link.get('role')}"
    return _BUTTON_CLASS.search(classes) is not None or _BUTTON_STYLE.search(link.get("style")) is not None


def is_spacer(image: Element) -> bool:
    """Tells whether a picture is there to count readers or to keep a distance."""
    sizes = [image.get(name).strip().removesuffix("px") for name in ("width", "height")]
    return any(size.isdecimal() and int(size) <= _TINY for size in sizes) or not image.get("src").strip()


def _speaks(text: str) -> bool:
    return any(letter.isalnum() for letter in unescape(text))
