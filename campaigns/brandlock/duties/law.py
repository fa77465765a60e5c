"""What the law and the mail programs ask of every mail: a way out, an address, and a size that is shown whole."""

from __future__ import annotations

from collections.abc import Iterator

from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.source import Element
from campaigns.brandlock.styles import loads_font
from campaigns.brandlock.tokens import ADDRESS_TOKENS, TOKEN, UNSUBSCRIBE_URL

from .page import Page

CLIPPED_AT_BYTES = 102 * 1024
CLIPPING_NEAR_BYTES = 85 * 1024


def way_out(page: Page) -> Iterator[Finding]:
    """The unsubscribe link and the postal address can be seen."""
    for link in page.elements:
        match = TOKEN.fullmatch(link.get("href").strip()) if link.tag == "a" else None
        if match is not None and match.group(1) == UNSUBSCRIBE_URL and _is_seen(page, link) and page.words(link):
            break
    else:
        message = sentence("The unsubscribe link cannot be seen. Give it words, and remove what hides it.")
        yield page.note(None, "unsubscribe_hidden", message)
    for element, words in page.texts():
        if ADDRESS_TOKENS & set(TOKEN.findall(words)) and _is_seen(page, element):
            return
    message = sentence("The postal address cannot be seen. Remove what hides it.")
    yield page.note(None, "address_hidden", message)


def _is_seen(page: Page, element: Element) -> bool:
    """Tells whether neither an element's own style nor a style sheet hides it, or anything around it."""
    hidden = page.hidden_by_sheets
    return not page.is_hidden(element) and not any(above.start in hidden for above in (element, *element.ancestors()))


def size(page: Page) -> Iterator[Finding]:
    """What is locked leaves room: Gmail cuts a mail off at 102 KB."""
    count = page.compiled.html_source_bytes
    if count > CLIPPED_AT_BYTES:
        message = sentence("The template alone has %(size)s KB; Gmail cuts mail off at 102 KB. Make it shorter.")
        yield page.note(None, "too_heavy", message, size=str(count // 1024))
    elif count > CLIPPING_NEAR_BYTES:
        message = sentence(
            "The template alone has %(size)s KB; with what authors write Gmail may cut it off at 102 KB."
        )
        yield page.note(None, "heavy", message, blocks=False, size=str(count // 1024))


def fonts(page: Page) -> Iterator[Finding]:
    """No font is fetched from elsewhere: it tells another host who reads the mail."""
    if loads_font(page.style_sheets):
        message = sentence(
            "A font is fetched from elsewhere, which tells that host who reads the mail. Use common fonts."
        )
        yield page.note(None, "remote_font", message)


def head(page: Page) -> Iterator[Finding]:
    """The mail says its characters and its width, so that phones show it right."""
    if not page.is_source:
        return  # the MJML compiler writes both
    metas = [element for element in page.elements if element.tag == "meta"]
    if not any(meta.attribute("charset") or "charset" in meta.get("content").lower() for meta in metas):
        message = sentence('The head does not say which characters are used. Write <meta charset="utf-8">.')
        yield page.note(page.document.root("head"), "charset_missing", message, blocks=False)
    if not any(meta.get("name").lower() == "viewport" for meta in metas):
        message = sentence("The head has no viewport, so that phones show the mail very small.")
        yield page.note(page.document.root("head"), "viewport_missing", message, blocks=False)
