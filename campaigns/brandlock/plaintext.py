"""Mail as plain text: words, link addresses and paragraphs; what is hidden or only decoration is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

from braze_client.liquid import tags_in

from .markup import TokenKind, attributes_of, tokens_in
from .source import VOID_TAGS
from .tokens import TOKEN

_BLOCK_TAGS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "div",
        "footer",
        "header",
        "main",
        "section",
        "table",
        "tr",
    }
)
_PARAGRAPH_TAGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "ul"})
_SILENT_TAGS = frozenset({"head", "script", "style", "title"})
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_RICH_TAG = re.compile(r'<(?P<closes>/?)(?P<tag>[a-z]+)(?:[^>]*?\bhref="(?P<address>[^"]*)")?[^>]*>')


# What people write holds no control characters, so that these can stand for the brackets of a token meanwhile.
_TOKEN_START, _TOKEN_END = "\x02", "\x03"
_OPENING = re.compile(r"\[(?=\[)")
_ZERO_WIDTH_SPACE = "\u200b"


def to_text(html: str) -> str:
    """Returns HTML as plain text: a link as `words (address)`, an item as `- words`, an image as its alternative text.

    Comments that stand for the edge of a section stay; Liquid stays as written.
    """
    tags = tags_in(html)
    shield = _shield(html)
    parts: list[str] = []
    at = 0
    for number, tag in enumerate(tags):
        parts += (html[at : tag.start], f"{shield}{number};")
        at = tag.end
    reader = _Reader()
    reader.read("".join((*parts, html[at:])))
    return re.sub(f"{shield}([0-9]+);", lambda match: tags[int(match.group(1))].source, reader.text())


def _shield(html: str) -> str:
    """Returns a word that the text does not hold, to stand for its Liquid while the markup is read."""
    number = 0
    while (word := f"zqliquid{number}x") in html:
        number += 1
    return word


def tidy(text: str) -> str:
    """Returns plain text without trailing spaces and without more than one empty line in a row."""
    lines = "\n".join([line.rstrip() for line in text.split("\n")])
    while "\n\n\n" in lines:
        lines = lines.replace("\n\n\n", "\n\n")
    return lines.strip("\n") + "\n"


def rich_to_text(html: str) -> str:
    """Returns sanitised rich text as `to_text` gives it, in a fraction of the time: its few tags are known.

    What only looks like `[[name]]` once its tags are gone is none in the page either, and is set apart.
    """
    if "[" in html:
        marked = TOKEN.sub(rf"{_TOKEN_START}\1{_TOKEN_END}", html)
        text = _OPENING.sub(f"[{_ZERO_WIDTH_SPACE}", _rich_to_text(marked))
        return text.replace(_TOKEN_START, "[[").replace(_TOKEN_END, "]]")
    return _rich_to_text(html)


def _rich_to_text(html: str) -> str:
    parts: list[str] = []
    addresses: list[str] = []
    at = 0
    for match in _RICH_TAG.finditer(html):
        if at < match.start():
            _add_words(parts, _as_words(html[at : match.start()]))
        at = match.end()
        closes, tag, address = match.groups()
        if tag in _PARAGRAPH_TAGS:
            _end_line(parts, 2)
        elif tag == "a":
            if closes:
                _add_address(parts, addresses.pop() if addresses else "")
            else:
                addresses.append(unescape(address or ""))
        elif tag == "br":
            parts.append("\n")
        elif tag == "li" and not closes:
            _end_line(parts, 1)
            parts.append("- ")
    _add_words(parts, _as_words(html[at:]))
    return tidy("".join(parts)).strip("\n")


def _as_words(html: str) -> str:
    return _SPACES.sub(" ", unescape(html) if "&" in html else html)


def _add_words(parts: list[str], text: str) -> None:
    """Adds words; a space at the beginning of a line is none."""
    if _is_at_line_start(parts):
        text = text.lstrip(" ")
    if text:
        parts.append(text)


def _add_address(parts: list[str], address: str) -> None:
    """Adds where a link leads, unless its words say so."""
    is_shown = "".join(parts[-1:]).endswith(address)
    if address and not address.startswith(("tel:", "mailto:")) and not is_shown:
        parts.append(f" ({address})")


def _end_line(parts: list[str], count: int) -> None:
    """Ends the line; for two, leaves an empty one."""
    if not parts:
        return
    have = len(parts[-1]) - len(parts[-1].rstrip("\n")) if _is_at_line_start(parts) else 0
    if have < count:
        parts.append("\n" * (count - have))


def _is_at_line_start(parts: list[str]) -> bool:
    return not parts or parts[-1].endswith("\n")


class _Reader:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.silent: list[str] = []
        self.addresses: list[str] = []

    def text(self) -> str:
        return tidy("".join(self.parts))

    def read(self, html: str) -> None:
        for token in tokens_in(html):
            source = html[token.start : token.end]
            if token.kind is TokenKind.START:
                self.start(token.tag, attributes_of(source))
            elif token.kind is TokenKind.END:
                self.end(token.tag)
            elif token.kind is TokenKind.TEXT and not self.silent:
                _add_words(self.parts, _as_words(source))
            elif token.kind is TokenKind.COMMENT and source.startswith("<!--zq") and source.endswith("qz-->"):
                self.parts.append(source)

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        is_hidden = tag in _SILENT_TAGS or _HIDDEN.search(values.get("style", "")) is not None
        if self.silent or is_hidden:
            if tag not in VOID_TAGS:
                self.silent.append(tag)
            return
        if tag == "a":
            self.addresses.append(values.get("href", ""))
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "img":
            if alternative := values.get("alt", "").strip():
                _add_words(self.parts, alternative)
        elif tag == "hr":
            _end_line(self.parts, 2)
        elif tag == "li":
            _end_line(self.parts, 1)
            self.parts.append("- ")
        elif tag == "td":
            _add_words(self.parts, " ")
        else:
            self.block(tag)

    def end(self, tag: str) -> None:
        if self.silent:
            if tag in self.silent:
                while self.silent.pop() != tag:
                    pass
            return
        if tag == "a" and self.addresses:
            _add_address(self.parts, self.addresses.pop())
        else:
            self.block(tag)

    def block(self, tag: str) -> None:
        if tag in _PARAGRAPH_TAGS:
            _end_line(self.parts, 2)
        elif tag in _BLOCK_TAGS:
            _end_line(self.parts, 1)
