"""What no template may hold: scripts, forms, includes, foreign Liquid; and what every template must hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from braze_client.liquid import LiquidTag, tags_in

from .findings import Finding, sentence
from .resolve import is_content_field
from .source import Document, Element, Kind, RunKind, position
from .styles import imports
from .tokens import ADDRESS_TOKENS, ANY_TOKEN, TOKEN, UNSUBSCRIBE_URL, origin_of

MJML_TAGS = frozenset(
    {
        "mjml",
        "mj-head",
        "mj-body",
        "mj-title",
        "mj-preview",
        "mj-attributes",
        "mj-all",
        "mj-class",
        "mj-style",
        "mj-breakpoint",
        "mj-raw",
        "mj-wrapper",
        "mj-section",
        "mj-group",
        "mj-column",
        "mj-hero",
        "mj-text",
        "mj-image",
        "mj-button",
        "mj-divider",
        "mj-spacer",
        "mj-table",
        "mj-social",
        "mj-social-element",
        "mj-navbar",
        "mj-navbar-link",
    }
)
"""Components that compile to mail without outside help; accordion, carousel and mj-font load from other hosts."""

DEFAULT_LIQUID_TAGS = frozenset(
    {"if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase", "assign", "abort_message"}
)
_FORBIDDEN_TAGS = frozenset(
    {
        "script",
        "form",
        "input",
        "iframe",
        "frame",
        "frameset",
        "object",
        "embed",
        "svg",
        "math",
        "applet",
        "base",
        "button",
        "select",
        "textarea",
        "plaintext",
        "xmp",
        "listing",
        "noembed",
        "noframes",
    }
)
_CONTENT_ROOTS = frozenset({"content_blocks", "catalog_items", "catalogs", "promotion"})
_BLOCKS = {"if": "endif", "unless": "endunless", "case": "endcase", "for": "endfor", "capture": "endcapture"}
_LIQUID_NAME = re.compile(r"\{[{%]-?\s*([A-Za-z_]\w*)?")
_REMOTE_STYLE = re.compile(r"@import\b", re.IGNORECASE)
_BAD_SCHEME = re.compile(r"(?:javascript|data|vbscript|file):", re.IGNORECASE)
_ODD_ADDRESS = re.compile(r"[^?#]*\\|https?:(?!//)", re.IGNORECASE)  # browsers read both as another site
_UNREAD_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\xa0]+")  # browsers pass over some of them
_ADDRESS_ATTRIBUTES = frozenset(
    {"href", "src", "srcset", "background", "background-url", "action", "formaction", "poster", "cite", "xlink:href"}
)
_LINK_LIQUID = re.compile(
    r"\{\{\s*(?:\$\{set_user_to_(?:unsubscribed|subscribed|opted_in)_url\}"
    r"|custom_attribute\.\$\{smartersends_token\})\s*\}\}"
)


def lint(
    document: Document, kind: Kind, liquid_tags: frozenset[str], merge_tags: frozenset[str] | None
) -> Iterator[Finding]:
    """Yields everything in a source that no template may hold, and what is missing in it."""
    yield from document.findings
    yield from _elements(document, kind)
    yield from _liquid(document, liquid_tags)
    yield from _tokens(document, merge_tags)
    yield from _duties(document, kind)


def lint_part(document: Document, liquid_tags: frozenset[str], merge_tags: frozenset[str] | None) -> Iterator[Finding]:
    """Yields what no part of a template may hold; what a whole template owes is not asked of it."""
    yield from document.findings
    yield from _elements(document, Kind.HTML)
    yield from _liquid(document, liquid_tags)
    yield from _tokens(document, merge_tags)


def _finding(document: Document, offset: int, code: str, message: str, **params: str) -> Finding:
    line, column = position(document.text, offset)
    return Finding(code, message, line, column, params=params)


def _elements(document: Document, kind: Kind) -> Iterator[Finding]:
    for element in document.elements:
        tag = element.tag
        if tag == "mj-include":
            yield _finding(document, element.start, "include", "mj-include is not allowed: put the text itself here.")
        elif tag.startswith("mj") and (kind is Kind.HTML or tag not in MJML_TAGS):
            yield _finding(document, element.start, "unknown_tag", "<%(tag)s> is not known here.", tag=tag)
        elif tag in _FORBIDDEN_TAGS:
            yield _finding(document, element.start, "forbidden_tag", "<%(tag)s> is not allowed in mail.", tag=tag)
        elif tag == "link" and "stylesheet" in element.get("rel").lower():
            yield _finding(document, element.start, "remote_style", "A style sheet from elsewhere is not allowed.")
        elif tag == "meta" and element.get("http-equiv").lower() == "refresh":
            yield _finding(document, element.start, "forbidden_tag", "<%(tag)s> cannot lead elsewhere.", tag=tag)
        elif tag == "mj-social-element" and not element.get("src"):
            yield _finding(document, element.start, "remote_icon", "mj-social-element needs its own src.")
        yield from _attributes(document, element)
    for run in document.runs:
        is_style = run.kind is RunKind.RAW or (run.element is not None and run.element.tag == "mj-style")
        if is_style and imports(document.text[run.start : run.end]):
            match = _REMOTE_STYLE.search(document.text, run.start, run.end)
            at = run.start if match is None else match.start()
            yield _finding(document, at, "remote_style", "A style sheet from elsewhere is not allowed.")


def _attributes(document: Document, element: Element) -> Iterator[Finding]:
    for attribute in element.attributes:
        if attribute.name.startswith("on"):
            yield _finding(
                document,
                attribute.start + 1,
                "script",
                "%(attribute)s is a script, and mail holds none.",
                attribute=attribute.name,
            )
        elif attribute.name in _ADDRESS_ATTRIBUTES and _BAD_SCHEME.match(_UNREAD_IN_ADDRESS.sub("", attribute.value)):
            yield _finding(document, attribute.value_start, "url_scheme", "This address is not allowed in mail.")
        elif attribute.name in _ADDRESS_ATTRIBUTES and _ODD_ADDRESS.match(_UNREAD_IN_ADDRESS.sub("", attribute.value)):
            message = sentence("This address is written oddly. Write https:// and slashes that lean forward.")
            yield _finding(document, attribute.value_start, "url_malformed", message)
        elif attribute.name == "ping":
            message = sentence("%(attribute)s tells another host who follows the link. Take it out.")
            yield _finding(document, attribute.start + 1, "ping", message, attribute=attribute.name)


def _liquid(document: Document, allowed: frozenset[str]) -> Iterator[Finding]:
    open_blocks: list[tuple[str, LiquidTag, str]] = []
    sections = _sections_of(document)
    for tag in tags_in(document.text):
        closer = "}}" if tag.source.startswith("{{") else "%}"
        if not tag.source.endswith(closer) or len(tag.source) < 4:
            yield _finding(document, tag.start, "liquid_unclosed", "This Liquid tag is never closed.")
            return
        match = _LIQUID_NAME.match(tag.source)
        name = (match.group(1) if match else None) or ""
        if TOKEN.search(tag.source):
            yield _finding(document, tag.start, "token_in_liquid", "A [[…]] cannot stand inside Liquid.")
        if closer == "%}":
            if name not in allowed:
                yield _finding(
                    document, tag.start, "liquid_not_allowed", "The Liquid tag %(tag)s is not allowed.", tag=name or "?"
                )
            yield from _block(document, tag, name, open_blocks, sections)
        elif name in _CONTENT_ROOTS and name not in allowed:
            yield _finding(document, tag.start, "liquid_not_allowed", "%(tag)s is not allowed.", tag=name)
        yield from _liquid_in_link(document, tag)
    for _, tag, _ in open_blocks:
        yield _finding(document, tag.start, "liquid_unclosed", "This Liquid block is never closed.")


def _block(
    document: Document,
    tag: LiquidTag,
    name: str,
    open_blocks: list[tuple[str, LiquidTag, str]],
    sections: Mapping[int, str],
) -> Iterator[Finding]:
    """Follows Liquid blocks; one that opens in a section must close in it, else leaving it out breaks the mail."""
    run = document.run_at(tag.start)
    here = "" if run is None or run.element is None else sections[run.element.start]
    if name in _BLOCKS:
        open_blocks.append((_BLOCKS[name], tag, here))
    elif name in _BLOCKS.values():
        if not open_blocks or open_blocks[-1][0] != name:
            yield _finding(document, tag.start, "liquid_unopened", "%(tag)s closes nothing.", tag=name)
            return
        _, _, there = open_blocks.pop()
        if here != there:
            yield _finding(document, tag.start, "liquid_crosses", "A Liquid block may not cross the edge of a section.")
    elif open_blocks and name in {"else", "elsif", "when"} and open_blocks[-1][2] != here:
        yield _finding(document, tag.start, "liquid_crosses", "A Liquid block may not cross the edge of a section.")


def _sections_of(document: Document) -> Mapping[int, str]:
    """Returns the names of the sections around each element, by where the element starts."""
    found: dict[int, str] = {}
    for element in document.elements:
        name = element.get("data-section") or element.get("data-repeat")
        around = "" if element.parent is None else found[element.parent.start]
        found[element.start] = f"{around}/{name}" if name else around
    return found


def _liquid_in_link(document: Document, tag: LiquidTag) -> Iterator[Finding]:
    run = document.run_at(tag.start)
    if run is None or run.kind is not RunKind.TAG or run.element is None:
        return
    for attribute in run.element.attributes:
        is_inside = attribute.value_start <= tag.start < attribute.value_end
        is_link = attribute.name in {"href", "src", "background", "background-url", "action"}
        if is_inside and is_link and _LINK_LIQUID.fullmatch(tag.source) is None:
            yield _finding(
                document, tag.start, "liquid_in_link", "Personal values never travel in links: %(tag)s.", tag=tag.source
            )


def _tokens(document: Document, merge_tags: frozenset[str] | None) -> Iterator[Finding]:
    for match in ANY_TOKEN.finditer(document.text):
        whole = TOKEN.fullmatch(match.group())
        origin = origin_of(whole.group(1)) if whole else None
        is_unknown = origin is None or (
            whole is not None and merge_tags is not None and origin == "merge" and whole.group(1) not in merge_tags
        )
        if is_unknown:
            yield _finding(
                document, match.start(), "unknown_token", "Nothing is called [[%(name)s]].", name=match.group(1).strip()
            )


def _duties(document: Document, kind: Kind) -> Iterator[Finding]:
    if kind is Kind.MJML and document.root("mjml") is None:
        yield _finding(document, 0, "no_body", "An MJML source begins with <mjml>.")
    elif document.root("mj-body" if kind is Kind.MJML else "body") is None:
        yield _finding(document, 0, "no_body", "The template has no body.")
    if document.root("mj-title" if kind is Kind.MJML else "title") is None:
        yield _finding(document, 0, "no_subject", "The template has no subject: add a title.")
    staying = _that_always_stand(document)
    links = (element.get("href").strip() for element in document.elements if element.start in staying)
    if not any(match is not None and match.group(1) == UNSUBSCRIBE_URL for match in map(TOKEN.fullmatch, links)):
        yield _finding(
            document, 0, "no_unsubscribe", "No link leads to [[unsubscribe_url]] in a part that always stands."
        )
    visible = (run for run in document.runs if run.kind is RunKind.TEXT and run.element is not None)
    texts = (document.text[run.start : run.end] for run in visible if run.element and run.element.start in staying)
    names = {name for text in texts for name in TOKEN.findall(text)}
    if not names & ADDRESS_TOKENS:
        yield _finding(
            document,
            0,
            "no_postal_address",
            "No part that always stands shows [[group.street]] or [[group.address]].",
        )


def _that_always_stand(document: Document) -> frozenset[int]:
    """Returns where the elements start that neither the head, nor a field, nor a section that may be absent holds."""
    staying: set[int] = set()
    for element in document.elements:
        is_held = element.parent is None or element.parent.start in staying
        is_free = element.tag not in {"mj-head", "head", "title"} and not is_content_field(element)
        if is_held and is_free and not _is_loose(element):
            staying.add(element.start)
    return frozenset(staying)


def _is_loose(element: Element) -> bool:
    """Tells whether an element is a section that may be absent."""
    if element.attribute("data-section") is None and element.attribute("data-repeat") is None:
        return False
    has_choice = any(element.attribute(mark) for mark in ("data-optional", "data-if", "data-choose"))
    is_free = element.get("data-lock").strip() in {"content", "none"}
    may_be_none = element.attribute("data-repeat") is not None and element.get("data-min").strip() == "0"
    return has_choice or is_free or may_be_none
