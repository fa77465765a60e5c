"""Pictures and links that are the brand's: alternative text, words, addresses (WCAG 2.2, 1.1.1 and 2.4.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.source import Element

from .page import Page

_FILE_NAME = re.compile(r"[\w .()-]+\.(?:png|jpe?g|gif|webp|svg)", re.IGNORECASE)
_NO_WORDS = frozenset({"image", "img", "picture", "photo", "logo image", "untitled", "bild", "foto", "imagen"})
_VAGUE = frozenset({"here", "click here", "click", "link", "more", "hier", "hier klicken", "ici", "aquí", "여기"})


def images(page: Page) -> Iterator[Finding]:
    """Every picture of the brand says what it shows; one that only decorates says so by an empty text."""
    for image in page.elements:
        if image.tag not in {"img", "v:image"} or page.is_field(image) or image.get("src") in page.image_fields:
            continue
        alt = image.attribute("alt")
        written = image.get("alt").strip()
        if alt is None:
            message = sentence(
                'This picture has no alternative text. Say what it shows; where it only decorates, write alt="".'
            )
            yield page.note(image, "alt_missing", message)
        elif _FILE_NAME.fullmatch(written) or written.lower() in _NO_WORDS:
            message = sentence("“%(alt)s” does not say what the picture shows.")
            yield page.note(image, "alt_poor", message, alt=written)
        if image.get("src").lower().partition("?")[0].endswith(".svg"):
            message = sentence("Mail programs do not show SVG pictures. Save it as PNG.")
            yield page.note(image, "image_svg", message)


def links(page: Page) -> Iterator[Finding]:
    """Every link of the brand leads somewhere and says where."""
    places: dict[str, str] = {}
    for link in page.elements:
        if link.tag != "a" or page.is_field(link) or link.attribute("href") is None:
            continue
        address, words = link.get("href").strip(), _spoken(page, link)
        if address in {"", "#"}:
            yield page.note(link, "link_empty", "This link leads nowhere. Give it an address, or take it out.")
        elif address.lower().startswith("http:"):
            message = sentence("This link is not encrypted, and mail programs warn of it. Write https://.")
            yield page.note(link, "link_http", message, blocks=False)
        if not words:
            message = sentence(
                "This link has no words, so it is read aloud as its address. Write words, or an alternative text."
            )
            yield page.note(link, "link_words", message)
        elif words.lower() in _VAGUE and places.setdefault(words.lower(), address) != address:
            message = sentence("Two links say “%(words)s” and lead to different places. Say where each leads.")
            yield page.note(link, "link_vague", message, blocks=False, words=words)


def _spoken(page: Page, link: Element) -> str:
    """Returns what is read aloud of a link: its words, and the words of pictures in it."""
    alts: list[str] = []
    waiting = list(link.children)
    while waiting:
        element = waiting.pop()
        if element.tag == "img":
            alts.append("[[…]]" if page.is_field(element) else element.get("alt").strip())
        waiting += element.children
    return " ".join((page.words(link), *alts)).strip()
