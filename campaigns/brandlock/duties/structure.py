"""Language, direction, layout tables and headings: what a screen reader goes by (WCAG 2.2, 1.3.1, 2.4.6, 3.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel import Locale, UnknownLocaleError

from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.source import Element, position

from .page import Page

_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z]{4})?(?:-(?:[a-zA-Z]{2}|[0-9]{3}))?")
_HEADING = re.compile(r"h[1-6]")
_DATA_TABLE = frozenset({"th", "caption", "thead"})


def language(page: Page) -> Iterator[Finding]:
    """The mail says its language, and the direction that belongs to it."""
    root = page.own.root("html" if page.is_source else "mjml")
    if root is None:
        return
    tag, written = root.tag, root.get("lang").strip()
    if _LANGUAGE.fullmatch(written) is None:
        message = sentence(
            '<%(tag)s> does not say the language of the mail, so it is read aloud wrongly. Write for example lang="en".'
        )
        yield _at(page, root, "lang_missing", message, tag=tag)
    way = root.get("dir").strip().lower()
    if way not in {"ltr", "rtl"}:
        message = sentence(
            '<%(tag)s> does not say which way its words run. Write dir="ltr", or dir="rtl" for Arabic or Hebrew.'
        )
        yield _at(page, root, "dir_missing", message, tag=tag)
    elif written and way != (wanted := _direction(written)):
        message = sentence('The language %(language)s is written dir="%(wanted)s".')
        yield _at(page, root, "dir_wrong", message, language=written, wanted=wanted)


def tables(page: Page) -> Iterator[Finding]:
    """A table that only lays out says so, so that nobody hears rows and columns."""
    for table in page.elements:
        if table.tag != "table" or table.get("role").strip() in {"presentation", "none"}:
            continue
        if not any(inner.tag in _DATA_TABLE or inner.attribute("scope") for inner in _own_parts(table)):
            message = sentence(
                'This table lays out the mail and would be read aloud as data. Write role="presentation".'
            )
            yield page.note(table, "table_role", message)


def empty_headings(page: Page) -> Iterator[Finding]:
    """No heading of the brand is empty."""
    for element in page.elements:
        if _HEADING.fullmatch(element.tag) and not page.words(element) and not page.is_field(element):
            yield page.note(element, "heading_empty", "This heading is empty. Write words, or take it out.")


def headings(page: Page) -> Iterator[Finding]:
    """Headings go down one level at a time, from h1 or h2."""
    level = 0
    count = 0
    for element in page.elements:
        if _HEADING.fullmatch(element.tag) is None:
            continue
        count += 1
        found = int(element.tag[1])
        if found > level + 1 and not (level == 0 and found == 2):
            message = sentence(
                "<%(tag)s> comes after level %(level)s: no level may be left out. Use the next one, or a <p>."
            )
            yield page.note(element, "heading_order", message, tag=element.tag, level=str(level))
        level = found
    if not count:
        message = sentence("The mail has no heading, which people who listen jump by. Make its first line an <h1>.")
        yield page.note(page.document.root("body"), "headings_none", message, blocks=False)


def _own_parts(table: Element) -> Iterator[Element]:
    """Yields the elements of a table, those of tables inside it left out."""
    waiting = list(table.children)
    while waiting:
        element = waiting.pop()
        if element.tag != "table":
            yield element
            waiting += element.children


def _direction(language_tag: str) -> str:
    try:
        locale = Locale.parse(language_tag.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return "ltr"
    return "rtl" if locale.text_direction == "rtl" else "ltr"


def _at(page: Page, root: Element, code: str, message: str, **params: str) -> Finding:
    line, column = position(page.source, root.start)
    return Finding(code, message, line, column, params=params)
