"""Rich text from people: only the field's formats, balanced, in the brand's own styles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape, unescape

import nh3

from .fields import Format, RichStyles
from .links import link_or_empty
from .source import VOID_TAGS

_TAGS: dict[Format, frozenset[str]] = {
    Format.BOLD: frozenset({"b", "strong"}),
    Format.ITALIC: frozenset({"i", "em"}),
    Format.LINK: frozenset({"a"}),
    Format.LIST: frozenset({"ul", "ol", "li"}),
    Format.PARAGRAPH: frozenset({"p"}),
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPH_END = re.compile(r"</(?:p|div|h[1-6])>", re.IGNORECASE)
_ITEM_END = re.compile(r"</li>", re.IGNORECASE)
_ORPHAN_ITEM = re.compile(r"</?(?:ul|ol|li)\b[^>]*>")
_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_STYLED = re.compile(r"<(?:a|p|ul|ol)(?=[ >])")
_STEP = re.compile(r'([^<>&\xa0]*)(?:<(/?[a-z]+)(?: href="([^"<>\xa0]*)")?>|&(?:amp|lt|gt|nbsp);)')
_LISTS = frozenset({"ul", "ol"})
_BLOCKS = frozenset({"p", "li", *_LISTS})
_OPENING = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_WITHOUT_DEPTH = VOID_TAGS | {"p", "li"}  # one that follows closes them
_ROUNDS = 4
_MOST_DEPTH = 100


def clean_text(text: str) -> str:
    """Returns text without control characters, lone surrogates and direction overrides, its line breaks as `\\n`."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def sanitise(html: str, formats: Iterable[Format], styles: RichStyles | None = None) -> str:
    """Returns rich text that holds nothing but the formats, balanced, without any attribute of the author's.

    With `styles` links, paragraphs and lists carry them; without, the text is as it is kept in values. A link keeps its
    address only where it is http, https, mailto or tel. Where paragraphs are no format their ends become line breaks,
    and so do those of items where lists are none.
    """
    chosen = frozenset(formats)
    tags = tags_of(chosen)
    text = clean_text(html)
    if not is_sanitised(text, tags):
        text = _sanitised(text, chosen, tags)
    return text if styles is None else _styled(text, styles)


def _sanitised(text: str, chosen: frozenset[Format], tags: set[str]) -> str:
    """Sanitises clean text; where tags are nested beyond any writing only the words stay, because time would not."""
    if _is_deep(text):
        return nh3.clean_text(plain_text(text))
    if Format.PARAGRAPH not in chosen:
        text = _PARAGRAPH_END.sub("<br>", text)
        if Format.LIST not in chosen:
            text = _ITEM_END.sub("<br>", text)
    for _ in range(_ROUNDS):
        cleaned = _drop_orphans(_clean(text, tags))
        if Format.PARAGRAPH not in chosen:
            cleaned = _without_last_breaks(cleaned)
        if cleaned == text:
            return cleaned
        text = cleaned
    return nh3.clean_text(plain_text(text))


def _is_deep(html: str) -> bool:
    open_tags: Counter[str] = Counter()
    depth = 0
    for closes, written in _OPENING.findall(html):
        tag = written.lower()
        if tag in _WITHOUT_DEPTH or (closes and not open_tags[tag]):
            continue
        step = -1 if closes else 1
        open_tags[tag] += step
        depth += step
        if depth > _MOST_DEPTH:
            return True
    return False


def _without_last_breaks(html: str) -> str:
    end = len(html.rstrip())
    if not html.endswith("<br>", 0, end):
        return html
    while html.endswith("<br>", 0, end):
        end -= len("<br>")
        while end and html[end - 1].isspace():
            end -= 1
    return html[:end]


def tags_of(formats: Iterable[Format]) -> set[str]:
    """Returns the tags in which formats are written; a line break always is one."""
    return {"br"}.union(*(_TAGS[item] for item in formats))


def is_sanitised(html: str, tags: Iterable[str]) -> bool:
    """Tells whether clean text is plainly what `sanitise` gives: what is kept is rendered often, and read once.

    Only the simplest forms are recognised, in one pass; anything else, right or wrong, is left to the sanitiser. `tags`
    are those of the formats.
    """
    allowed = frozenset(tags)
    open_tags: list[str] = []
    at = 0
    while (step := _STEP.match(html, at)) is not None:
        words, tag, address = step.groups()
        at = step.end()
        if open_tags and open_tags[-1] in _LISTS and (tag is None or words.strip()):
            return False
        if tag is None:
            continue
        if tag[0] == "/":
            if not open_tags or open_tags.pop() != tag[1:]:
                return False
        elif tag not in allowed or not _may_open(tag, open_tags) or not _may_carry(tag, address):
            return False
        elif tag != "br":
            open_tags.append(tag)
    if open_tags or any(letter in html[at:] for letter in "<>&\xa0"):
        return False
    return "p" in allowed or not html.endswith(("<br>", " ", "\n", "\t"))  # else breaks at the end are dropped


def _may_open(tag: str, open_tags: list[str]) -> bool:
    """Tells whether a tag may open there without any rule of HTML5 moving it: blocks outside, no tag in itself."""
    if tag == "li":
        return len(open_tags) == 1 and open_tags[0] in _LISTS
    if tag in _BLOCKS:
        return not open_tags
    return tag not in open_tags and not (open_tags and open_tags[-1] in _LISTS)


def _may_carry(tag: str, address: str | None) -> bool:
    """Tells whether a tag may have that address, or none."""
    if address is None:
        return True
    return tag == "a" and "&" not in address.replace("&amp;", "") and bool(link_or_empty(unescape(address)))


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
    opening = _opening(styles)
    return _STYLED.sub(lambda match: opening[match.group()], html)


@lru_cache(maxsize=256)
def _opening(styles: RichStyles) -> Mapping[str, str]:
    return {
        "<a": f'<a style="{escape(styles.link)}" target="_blank"',
        "<p": f'<p style="{escape(styles.paragraph)}"',
        "<ul": f'<ul style="{escape(styles.list)}"',
        "<ol": f'<ol style="{escape(styles.list)}"',
    }


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
