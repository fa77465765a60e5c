"""A second opinion on a mail: what stands between the template's text, its elements, its Liquid and its plain words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.campaigns.brandlock.builders import TOKEN
from tests.campaigns.brandlock.foreign import SLOT

_INLINE = r"</?(?:b|strong|i|em)>|<br>|</a>|<a(?: (?:style|target|href)=\"[^\"<>]*\")*>"
_BLOCKS = r"</?(?:p|ul|ol|li)>|<(?:p|ul|ol) style=\"[^\"<>]*\">"
_ALLOWED = {
    "TEXT": re.compile(r"[^<>\"]*"),
    "ATTRIBUTE": re.compile(r"[^<>\"\n\r]*"),
    "URL": re.compile(r"(?:(?:https?://|mailto:|tel:)[^<>\"\s]*)?"),
    "NUMBER": re.compile(r"\+?[0-9]*"),
    "STYLE": re.compile(r"(?:[A-Za-z0-9 #.,:/_%()=?~+-]|&(?:amp|#[0-9]+);)*"),
    "INLINE": re.compile(rf"(?:[^<>]|{_INLINE})*"),
    "RICH": re.compile(rf"(?:[^<>]|{_INLINE}|{_BLOCKS})*"),
}
_TAG = re.compile(r"<(/?)([a-z]+)")
_VOID = {"br"}
_DELIMITER = re.compile(r"\{\{|\}\}|\{%|%\}|\$\{")
_LIQUID = re.compile(r"\{\{.*?\}\}(?!\})|\{%.*?%\}", re.DOTALL)
MERGE_TAGS = {
    "{{${first_name} | default: 'there' | escape}}": "first_name",
    "{{${first_name} | default: 'there'}}": "first_name",
    "{{custom_attribute.${loyalty tier} | default: 'friend' | escape}}": "tier",
    "{{custom_attribute.${loyalty tier} | default: 'friend'}}": "tier",
}


def values_between(expected: str, html: str) -> list[tuple[str, str, str]]:
    """Gives what stands in each slot of a mail, as (name, kind, text).

    Raises AssertionError where the template's own text is not there, unchanged and in order, or where a slot holds
    more than its kind may.
    """
    found: list[tuple[str, str, str]] = []
    at = end = 0
    for match in SLOT.finditer(expected):
        literal = expected[end : match.start()]
        assert html.startswith(literal, at), _difference(literal, html[at:])
        at += len(literal)
        end = match.end()
        following = SLOT.search(expected, end)
        literal = expected[end : len(expected) if following is None else following.start()]
        allowed = _ALLOWED[match[2]].match(html, at)
        assert allowed is not None
        stop = allowed.end()
        # What may stand in the slot may also be what follows it: then the nearest one ends it.
        if not html.startswith(literal, stop) or not literal:
            stop = html.find(literal, at, stop + len(literal)) if literal else at
        assert stop >= 0, (match[0], html[at : at + 200], literal[:60])
        found.append((match[1], match[2], html[at:stop]))
        at = stop
    assert html[at:] == expected[end:], _difference(expected[end:], html[at:])
    return found


def assert_balanced(html: str) -> None:
    """Asserts that every tag of a rich text is closed in its own order."""
    opened: list[str] = []
    for closes, tag in _TAG.findall(html):
        if tag in _VOID:
            continue
        if closes:
            assert opened, html
            assert opened.pop() == tag, html
        else:
            opened.append(tag)
    assert not opened, html


def elements(html: str) -> Counter[tuple[str, tuple[str, ...]]]:
    """Counts the elements of a page as a browser sees it, each with the names of its attributes."""
    root = LexborHTMLParser(html).root
    assert root is not None
    return Counter((node.tag or "", tuple(sorted(node.attributes))) for node in root.traverse())


def elements_of_rich(html: str) -> Counter[tuple[str, tuple[str, ...]]]:
    """Counts the elements that sanitised rich text opens, as it is written."""
    return Counter(
        (match[1], tuple(sorted(re.findall(r' ([a-z]+)="', match[0]))))
        for match in re.finditer(r"<([a-z]+)[^<>]*>", html)
    )


def delimiters(text: str) -> list[str]:
    """Gives the Liquid delimiters of a text, what the brand allows in values left out."""
    for allowed in (*MERGE_TAGS, TOKEN):
        text = text.replace(allowed, "")
    return _DELIMITER.findall(SLOT.sub("", text))


def same_words(html: str, text: str) -> bool:
    """Tells whether a plain text has every word of a page that a reader sees, in order, and no other.

    An image is its alternative text, a list item begins with a dash. White space, Liquid, what only keeps braces apart
    and the addresses in brackets behind links count on neither side.
    """
    for allowed, name in MERGE_TAGS.items():
        html, text = html.replace(allowed, f"[{name}]"), text.replace(allowed, f"[{name}]")
    root = LexborHTMLParser(_LIQUID.sub("", html.replace(TOKEN, "token"))).root
    assert root is not None
    parts: list[str] = []
    _read(root, parts)
    seen, told = squeezed("".join(parts)), squeezed(_LIQUID.sub("", text.replace(TOKEN, "token")))
    for address in sorted({squeezed(address) for address in addresses(html.replace(TOKEN, "token"))}, key=len):
        seen, told = seen.replace(f"({address})", ""), told.replace(f"({address})", "")
    assert seen == told, _difference(seen, told)
    return True


def squeezed(text: str) -> str:
    """Gives a text without white space and without what only keeps braces apart."""
    return "".join(text.replace("\u200b", "").split())


def addresses(html: str) -> Iterator[str]:
    """Yields every address of a page that a click or a load follows."""
    root = LexborHTMLParser(html).root
    assert root is not None
    for node in root.traverse():
        for name in ("href", "src", "background", "action", "poster"):
            if address := (node.attributes.get(name) or ""):
                yield address


def _read(node: LexborNode, parts: list[str]) -> None:
    child = node.child
    while child is not None:
        tag = child.tag or ""
        style = (child.attributes.get("style") or "") if not tag.startswith("-") else ""
        if tag == "-text":
            parts.append(child.text_content or "")
        elif tag == "img":
            parts.append(child.attributes.get("alt") or "")
        elif not tag.startswith("-") and tag not in {"head", "style", "script", "title"} and not _hides(style):
            if tag == "li":
                parts.append("-")
            _read(child, parts)
        child = child.next


def _hides(style: str) -> bool:
    return re.search(r"display\s*:\s*none", style, re.IGNORECASE) is not None


def _difference(wanted: str, found: str) -> str:
    at = next((index for index, pair in enumerate(zip(wanted, found, strict=False)) if pair[0] != pair[1]), -1)
    at = min(len(wanted), len(found)) if at < 0 else at
    return f"wanted …{wanted[max(0, at - 60) : at + 60]!r}, found …{found[max(0, at - 60) : at + 60]!r}"
