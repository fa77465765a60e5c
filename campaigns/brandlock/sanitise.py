"""Rich text from people: only the field's formats, balanced, in the brand's own styles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

import nh3

from .fields import Format, RichStyles
from .links import link_or_empty

_TAGS: dict[Format, frozenset[str]] = {
    Format.BOLD: frozenset({"b", "strong"}),
    Format.ITALIC: frozenset({"i", "em"}),
    Format.LINK: frozenset({"a"}),
    Format.LIST: frozenset({"ul", "ol", "li"}),
    Format.PARAGRAPH: frozenset({"p"}),
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH_END = re.compile(r"</(?:p|li|div|h[1-6])>", re.IGNORECASE)
_TRAILING_BREAKS = re.compile(r"(?:\s*<br>)+\s*$")
_ORPHAN_ITEM = re.compile(r"</?(?:ul|ol|li)\b[^>]*>")
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_STYLED = re.compile(r"<(?:a|p|ul|ol)(?=[ >])")
_ROUNDS = 4


def clean_text(text: str) -> str:
    """Returns text without control characters, lone surrogates and direction overrides, its line breaks as `\\n`."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def sanitise(html: str, formats: Iterable[Format], styles: RichStyles | None = None) -> str:
    """Returns rich text that holds nothing but the formats, balanced, without any attribute of the author's.

    With `styles` links, paragraphs and lists carry them; without, the text is as it is kept in values. A link keeps its
    address only where it is http, https, mailto or tel. Where paragraphs are no format their ends become line breaks.
    """
    chosen = frozenset(formats)
    tags = {"br"}.union(*(_TAGS[item] for item in chosen))
    text = clean_text(html)
    if Format.PARAGRAPH not in chosen:
        text = _TRAILING_BREAKS.sub("", _PARAGRAPH_END.sub("<br>", text))
    for _ in range(_ROUNDS):
        cleaned = _drop_orphans(_clean(text, tags))
        if cleaned == text:
            return cleaned if styles is None else _styled(cleaned, styles)
        text = cleaned
    return nh3.clean_text(plain_text(text))


def plain_text(html: str) -> str:
    """Returns the words of sanitised rich text, entities left as they are."""
    return _TAG.sub("", html)


def _clean(html: str, tags: set[str]) -> str:
    return nh3.clean(
        html,
        tags=tags,
        attributes={"*": set(), **({"a": {"href"}} if "a" in tags else {})},  # without "*" lang and title would pass
        attribute_filter=_attribute,
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def _styled(html: str, styles: RichStyles) -> str:
    """Adds the brand's styles, in one fixed order: nh3 writes attributes that it sets in a different one each time."""
    opening = {
        "<a": f'<a style="{escape(styles.link)}" target="_blank"',
        "<p": f'<p style="{escape(styles.paragraph)}"',
        "<ul": f'<ul style="{escape(styles.list)}"',
        "<ol": f'<ol style="{escape(styles.list)}"',
    }
    return _STYLED.sub(lambda match: opening[match.group()], html)


def _attribute(tag: str, name: str, value: str) -> str | None:
    return link_or_empty(value) or None if (tag, name) == ("a", "href") else value


def _drop_orphans(html: str) -> str:
    """Takes list items out of no list: outside, they would close an item of the template."""
    parts: list[str] = []
    depth = at = 0
    for match in _ORPHAN_ITEM.finditer(html):
        tag = match.group()
        is_item = tag.startswith(("<li", "</li"))
        if not is_item:
            depth += -1 if tag.startswith("</") else 1
        if is_item and depth == 0:
            parts.append(html[at : match.start()])
            at = match.end()
    return "".join((*parts, html[at:]))
