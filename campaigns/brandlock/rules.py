"""What each mark may say and where it may stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .fields import BLOCK_FORMATS, FieldType, Format
from .findings import sentence
from .source import VOID_TAGS, Element, Kind

FIELD_MARKS = frozenset(
    {
        "data-field",
        "data-type",
        "data-label",
        "data-help",
        "data-default",
        "data-required",
        "data-must-change",
        "data-min",
        "data-max",
        "data-pattern",
        "data-formats",
        "data-folders",
        "data-ratio",
        "data-domains",
        "data-link-style",
        "data-paragraph-style",
        "data-list-style",
    }
)
SECTION_MARKS = frozenset({"data-section", "data-section-label", "data-optional", "data-if"})
ALL_MARKS = FIELD_MARKS | SECTION_MARKS
LATER_MARKS = frozenset({"data-repeat", "data-choose", "data-lock", "data-options"})

STRUCTURE_TAGS = frozenset(
    {
        "html",
        "head",
        "body",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "colgroup",
        "ul",
        "ol",
        "dl",
        "style",
        "script",
        "noscript",
        "select",
        "textarea",
        "pre",
        "svg",
        "math",
        "template",
    }
)
_BLOCK_TAGS = frozenset(
    {"div", "td", "th", "article", "aside", "blockquote", "center", "footer", "header", "main", "section", "mj-text"}
)
_MJML_LINE_TAGS = frozenset({"mj-text", "mj-button", "mj-title", "mj-preview"})
_MJML_COLUMN_PARTS = frozenset({"mj-text", "mj-image", "mj-button", "mj-divider", "mj-spacer", "mj-table", "mj-social"})
_HTML_NO_SECTION = frozenset({"html", "head", "body", "title", "style", "meta", "link"})
_COUNT = re.compile(r"[0-9]{1,6}")
_RATIO = re.compile(r"[0-9]{1,5}:[0-9]{1,5}")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}")
_WORDS = re.compile(r"[\s,]+")

Problem = tuple[str, str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one field, read from its marks."""

    minimum: int | None
    maximum: int | None
    pattern: str
    formats: tuple[Format, ...]
    folders: tuple[str, ...]
    ratio: str
    domains: tuple[str, ...]


def spoken(name: str) -> str:
    """Returns a name as a label: `offer_image` becomes `Offer image`."""
    return name.replace("_", " ").capitalize()


def switch(element: Element, mark: str) -> bool:
    """Tells whether a mark without a value is set; `false` switches it off."""
    return element.attribute(mark) is not None and element.get(mark).strip().lower() != "false"


def type_by_tag(tag: str) -> str:
    """Returns the type of a field that names none."""
    return {"mj-image": "image", "img": "image", "mj-button": "button"}.get(tag, "line")


def holds_field(element: Element, field_type: FieldType) -> bool:
    """Tells whether an element's content and attributes can be a field of that type."""
    tag = element.tag
    if field_type is FieldType.IMAGE:
        return tag in {"mj-image", "img"}
    if field_type is FieldType.BUTTON:
        return tag in {"mj-button", "a"}
    if tag in VOID_TAGS or tag in STRUCTURE_TAGS:
        return False
    if field_type is FieldType.TEXT:
        return tag != "title" and (tag == "mj-text" or not tag.startswith("mj-"))
    return tag in _MJML_LINE_TAGS or not (tag.startswith("mj-") or tag == "mjml")


def holds_section(element: Element, kind: Kind) -> bool:
    """Tells whether an element can be left out without breaking what stands around it.

    In MJML a column cannot (its neighbours' widths are fixed when it is compiled), nor a section inside a wrapper
    (Outlook's conditional tables span its edges).
    """
    parent = "" if element.parent is None else element.parent.tag
    if element.tag.startswith("mj-"):
        if parent == "mj-body":
            return element.tag in {"mj-section", "mj-wrapper", "mj-hero"}
        return parent in {"mj-column", "mj-hero"} and element.tag in _MJML_COLUMN_PARTS
    if element.tag in _HTML_NO_SECTION or element.tag == "mjml":
        return False
    return kind is Kind.HTML or any(above.tag in {"mj-text", "mj-table", "mj-raw"} for above in element.ancestors())


def allowed_formats(element: Element) -> frozenset[Format]:
    """Returns the formats that fit into an element: no block inside a paragraph, no link inside a link."""
    allowed = frozenset(Format)
    around = (element, *element.ancestors())
    if element.tag not in _BLOCK_TAGS or any(above.tag == "p" for above in around):
        allowed -= BLOCK_FORMATS
    if any(above.tag == "li" for above in around):
        allowed -= {Format.LIST}
    if any(above.tag == "a" for above in around):
        allowed -= {Format.LINK}
    return allowed


def read_rules(element: Element, field_type: FieldType) -> tuple[Rules, list[Problem]]:
    """Returns the rules beside a field, and what is wrong with them."""
    problems: list[Problem] = []
    minimum, maximum = (_count(element, mark, problems) for mark in ("data-min", "data-max"))
    if minimum is not None and maximum is not None and minimum > maximum:
        problems.append(("bad_rule", sentence("data-min is larger than data-max."), {}))
    pattern = element.get("data-pattern")
    try:
        re.compile(pattern)
    except re.error as error:
        problems.append(("bad_rule", sentence("data-pattern cannot be read: %(reason)s."), {"reason": str(error)}))
        pattern = ""
    ratio = element.get("data-ratio").strip()
    if ratio and _RATIO.fullmatch(ratio) is None:
        problems.append(("bad_rule", sentence("data-ratio has the form 16:9."), {}))
    domains = _list(element, "data-domains")
    for domain in domains:
        if _DOMAIN.fullmatch(domain) is None:
            problems.append(("bad_rule", sentence("%(domain)s is no domain name."), {"domain": domain}))
    formats = _formats(element, problems) if field_type is FieldType.TEXT else ()
    return Rules(minimum, maximum, pattern, formats, _list(element, "data-folders"), ratio, domains), problems


def _formats(element: Element, problems: list[Problem]) -> tuple[Format, ...]:
    fitting = allowed_formats(element)
    if element.attribute("data-formats") is None:
        return tuple(item for item in Format if item in fitting)
    chosen: list[Format] = []
    for word in _list(element, "data-formats"):
        if word not in set(Format):
            problems.append(("bad_rule", sentence("There is no format %(format)s."), {"format": word}))
        elif Format(word) not in fitting:
            problems.append(
                (
                    "bad_rule",
                    sentence("<%(tag)s> cannot hold the format %(format)s."),
                    {"tag": element.tag, "format": word},
                )
            )
        else:
            chosen.append(Format(word))
    return tuple(item for item in Format if item in chosen)


def _count(element: Element, mark: str, problems: list[Problem]) -> int | None:
    written = element.get(mark).strip()
    if not written:
        return None
    if _COUNT.fullmatch(written) is None:
        problems.append(("bad_rule", sentence("%(mark)s is a whole number."), {"mark": mark}))
        return None
    return int(written)


def _list(element: Element, mark: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORDS.split(element.get(mark)) if word)
