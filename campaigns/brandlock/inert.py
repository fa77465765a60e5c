"""People's text made safe for the spot that it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from braze_client.liquid import contains_liquid, neutralise, tags_in

from .links import link_or_empty, link_problem
from .sanitise import clean_text

_SPACES = re.compile(r"\s+")
# Nothing of this needs escaping, cleaning or setting apart in any spot for words.
_PLAIN_WORDS = re.compile(r"[\w .,;:!?()/#@*+=–—’“”€£-]*")
_STYLE_SAFE = re.compile(r"[A-Za-z0-9 #.,:/_%()&=?~+-]*")
_STYLE_FUNCTION = re.compile(r"(?:expression|javascript|url)\s*[(:]", re.IGNORECASE)
_URL_PART_SAFE = "+-._~@"
_ZERO_WIDTH_SPACE = "\u200b"
_HALVES = frozenset("{}%$")


def is_plain(text: str) -> bool:
    """Tells whether a text needs no care in any spot for words; it may begin or end with a space."""
    return _PLAIN_WORDS.fullmatch(text) is not None and "  " not in text


def in_text(text: str) -> str:
    """Returns text for the content of an element: escaped, and its braces as entities, which Liquid does not read."""
    if is_plain(text):
        return text
    return without_braces(escape(clean_text(text)))


def in_attribute(text: str) -> str:
    """Returns text for a quoted attribute, in one line."""
    if is_plain(text):
        return text
    return in_text(_SPACES.sub(" ", text))


def in_comment(text: str) -> str:
    """Returns text for an attribute inside a conditional comment, which no dash of it can end."""
    return in_attribute(text).replace("-", "&#45;")


def in_style(text: str) -> str:
    """Returns a brand's colour, size or font for a style, or nothing where it could be more than that."""
    is_safe = _STYLE_SAFE.fullmatch(text) is not None and _STYLE_FUNCTION.search(text) is None
    return without_braces(escape(text)) if is_safe else ""


def in_url(url: str) -> str:
    """Returns an address for a link or an image, or nothing where it may not be one."""
    return _percent_ends(escape(link_or_empty(url)))


def in_url_part(text: str) -> str:
    """Returns text as a part of an address, percent-encoded."""
    return quote(clean_text(text), safe=_URL_PART_SAFE)


def in_phone(text: str) -> str:
    """Returns a telephone number for a `tel:` address: digits and a leading plus (RFC 3966)."""
    return ("+" if text.lstrip().startswith("+") else "") + "".join(re.findall(r"[0-9]", text))


def in_plain(text: str) -> str:
    """Returns text for subject, preheader and plain text: every brace set apart (B-LIQ-1)."""
    if is_plain(text):
        return text
    return neutralise(clean_text(text))


def unsubscribe_address(url: str, *, html: bool) -> str:
    """Returns the brand's unsubscribe address; its Liquid stays, and in HTML everything else is escaped.

    Empty where the address, its Liquid aside, cannot be linked to.
    """
    tags = tags_in(url)
    parts: list[str] = []
    at = 0
    for tag in tags:
        parts.append(url[at : tag.start])
        at = tag.end
    parts.append(url[at:])
    if link_problem("x".join(parts)):
        return ""
    if not html:
        return url
    inert = [_percent_ends(escape(part)) for part in parts]
    return "".join(text for pair in zip(inert, (*(tag.source for tag in tags), ""), strict=True) for text in pair)


def without_braces(html: str) -> str:
    """Returns HTML with braces, and a `%` or `$` at its ends, as entities, so that no neighbour completes a tag."""
    return _percent_ends(html.replace("{", "&#123;").replace("}", "&#125;"))


def join_plain(parts: Iterable[str]) -> str:
    """Joins plain parts; where two would form a Liquid delimiter that neither holds, they are set apart."""
    joined: list[str] = []
    last = ""
    for part in parts:
        if not part:
            continue
        if last in _HALVES and contains_liquid(last + part[0]):
            joined.append(_ZERO_WIDTH_SPACE)
        joined.append(part)
        last = part[-1]
    return "".join(joined)


def _percent_ends(html: str) -> str:
    if html.startswith("%"):
        html = f"&#37;{html[1:]}"
    if html.endswith("%"):
        html = f"{html[:-1]}&#37;"
    if html.endswith("$"):
        html = f"{html[:-1]}&#36;"
    return html
