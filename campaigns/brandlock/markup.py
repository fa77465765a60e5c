"""Tokens of HTML, told apart as browsers do (HTML 5, section 13.2.5), in time that grows with the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

SPACE = r"[\t\n\f\r ]"
ATTRIBUTE = re.compile(
    rf"{SPACE}*+(?P<name>=?[^\t\n\f\r />=]++)"
    rf"""(?:{SPACE}*+={SPACE}*+(?P<value>"[^"]*+"|'[^']*+'|[^\t\n\f\r >"'][^\t\n\f\r >]*+))?+"""
    rf"|[\t\n\f\r /]++|."
)
"""One attribute of a start tag with the white space before it; without a `name` it is what lies between two."""

_REST_OF_TAG = re.compile(
    rf"""(?:[\t\n\f\r /]++|=?[^\t\n\f\r />=]++(?:{SPACE}*+={SPACE}*+"""
    rf"""(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\t\n\f\r >"'][^\t\n\f\r >]*+|(?=>|\Z)))?+|=)*+>"""
)
_MARKUP = re.compile(r"<(?=[a-zA-Z/!?])")
_NAME = re.compile(r"[a-zA-Z][^\t\n\f\r />]*+")
_COMMENT_END = re.compile(r"--!?>")
_WORDS_ONLY = frozenset({"title", "textarea"})
_RAW = frozenset({"style", "script", "xmp", "iframe", "noembed", "noframes"})


class TokenKind(StrEnum):
    """What a token is; RAW is the content of a style sheet or script, OTHER a declaration that shows nothing.

    BROKEN is a tag or a comment that is never closed; it runs to the end of the text.
    """

    START = "start"
    END = "end"
    TEXT = "text"
    RAW = "raw"
    COMMENT = "comment"
    OTHER = "other"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Token:
    """One token, `text[start:end]`; a tag has its name in lower case."""

    kind: TokenKind
    start: int
    end: int
    tag: str = ""


def tokens_in(text: str) -> Iterator[Token]:
    """Yields the tokens of a text, which cover all of it, in order."""
    at = 0
    while at < len(text):
        found = _MARKUP.search(text, at)
        if found is None:
            yield Token(TokenKind.TEXT, at, len(text))
            return
        if found.start() > at:
            yield Token(TokenKind.TEXT, at, found.start())
        token = _token_at(text, found.start())
        yield token
        at = token.end
        if token.kind is TokenKind.START and (token.tag in _WORDS_ONLY or token.tag in _RAW):
            end = _end_of_raw(text, at, token.tag)
            if end > at:
                yield Token(TokenKind.TEXT if token.tag in _WORDS_ONLY else TokenKind.RAW, at, end)
            at = end


def attributes_of(start_tag: str) -> dict[str, str]:
    """Returns the attributes of a start tag by name, entities resolved; of one that stands twice, the first counts."""
    found: dict[str, str] = {}
    name = _NAME.match(start_tag, 1)
    for match in ATTRIBUTE.finditer(start_tag, 1 if name is None else name.end(), len(start_tag) - 1):
        if match["name"] is not None:
            value = match["value"] or ""
            is_quoted = value.startswith(('"', "'"))
            found.setdefault(match["name"].lower(), unescape(value[1:-1] if is_quoted else value))
    return found


def is_self_closing(text: str, token: Token) -> bool:
    """Tells whether a start tag ends in a slash that is no part of an attribute's value."""
    if not text.endswith("/>", token.start, token.end):
        return False
    inner = ATTRIBUTE.finditer(text, token.start + 1 + len(token.tag), token.end - 1)
    return [match["name"] for match in inner][-1] is None


def _token_at(text: str, start: int) -> Token:
    """Returns the token that begins with the `<` at an offset."""
    if text.startswith("<!--", start):
        return _comment(text, start)
    is_end = text.startswith("</", start)
    name = _NAME.match(text, start + (2 if is_end else 1))
    if name is None:
        close = text.find(">", start)
        kind = TokenKind.OTHER if close >= 0 else TokenKind.BROKEN
        return Token(kind, start, close + 1 if close >= 0 else len(text))
    rest = _REST_OF_TAG.match(text, name.end())
    if rest is None:
        return Token(TokenKind.BROKEN, start, len(text))
    return Token(TokenKind.END if is_end else TokenKind.START, start, rest.end(), name.group().lower())


def _comment(text: str, start: int) -> Token:
    for empty in ("<!-->", "<!--->"):
        if text.startswith(empty, start):
            return Token(TokenKind.COMMENT, start, start + len(empty))
    end = _COMMENT_END.search(text, start + len("<!--"))
    if end is None:
        return Token(TokenKind.BROKEN, start, len(text))
    return Token(TokenKind.COMMENT, start, end.end())


def _end_of_raw(text: str, at: int, tag: str) -> int:
    """Returns where the content of an element ends that holds no other element: at its end tag, or with the text."""
    end = re.compile(rf"</{tag}(?=[\t\n\f\r />])", re.IGNORECASE).search(text, at)
    return len(text) if end is None else end.start()
