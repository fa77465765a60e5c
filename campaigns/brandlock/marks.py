"""Resolving the marks of a source: its fields and sections, and the edits that put sentinels in their places."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from . import rules
from .fields import FieldSpec, FieldType, RichStyles, SectionSpec
from .findings import Finding
from .pieces import Json, Origin, Place, Spot
from .sanitise import sanitise
from .source import VOID_TAGS, Document, Element, Kind, position

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
RESERVED_NAMES = frozenset({"sections", "choices"})
HEAD_FIELDS = {"mj-title": "subject", "title": "subject", "mj-preview": "preheader"}
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of the source that is written differently before it is compiled."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Marks:
    """What the marks of a source say; `sentinels` maps each sentinel to the place that it stands for."""

    fields: list[FieldSpec]
    sections: list[SectionSpec]
    edits: list[Edit]
    sentinels: dict[str, Place]
    findings: list[Finding]
    elements: dict[str, Element]


def resolve(document: Document, kind: Kind, nonce: str) -> Marks:
    """Resolves all marks of a document; what is wrong with them is in the findings, and the rest still resolves."""
    resolver = _Resolver(document, kind, nonce)
    for element in document.elements:
        resolver.visit(element)
    resolver.check_conditions()
    return resolver.marks


def section_sentinel(nonce: str, name: str, *, opens: bool) -> str:
    """Returns the comment that stands where a section begins or ends."""
    return f"<!--zq{nonce}{'o' if opens else 'c'}-{name}-qz-->"


class _Resolver:
    def __init__(self, document: Document, kind: Kind, nonce: str) -> None:
        self.document = document
        self.kind = kind
        self.nonce = nonce
        self.marks = Marks([], [], [], {}, [], {})
        self.conditions: list[tuple[Element, str]] = []

    def visit(self, element: Element) -> None:
        for attribute in element.attributes:
            if attribute.name in rules.LATER_MARKS:
                self.note(
                    element,
                    "mark_not_supported",
                    "%(mark)s is not supported yet.",
                    mark=attribute.name,
                )
        is_field = element.attribute("data-field") is not None
        is_section = element.attribute("data-section") is not None
        if not (is_field or is_section):
            return
        if any(above.attribute("data-field") is not None for above in element.ancestors()):
            self.note(element, "nested_field", "A field holds no other field and no section.")
            return
        if not element.closed:
            if self.kind is Kind.HTML:
                self.note(element, "unclosed", "<%(tag)s> is never closed.", tag=element.tag)
            return
        for attribute in element.attributes:
            if attribute.name in rules.ALL_MARKS:
                self.edit(attribute.start, attribute.end, "")
        if is_section:
            self.section(element)
        if is_field:
            self.field(element)

    def note(self, element: Element, code: str, message: str, field: str = "", **params: str) -> None:
        line, column = position(self.document.text, element.start)
        self.marks.findings.append(Finding(code, message, line, column, field, params))

    def edit(self, start: int, end: int, text: str) -> None:
        self.marks.edits.append(Edit(start, end, text))

    def named(self, element: Element, name: str, what: str) -> bool:
        """Checks a name and takes it; each name stands once in a template."""
        if NAME.fullmatch(name) is None or name in RESERVED_NAMES:
            self.note(
                element,
                "bad_name",
                "%(name)s cannot be a name: use a to z, 0 to 9 and _, beginning with a letter; "
                "sections and choices are taken.",
                name=name or '""',
            )
            return False
        key = f"{what} {name}"
        if key in self.marks.elements:
            self.note(element, "duplicate_name", "The name %(name)s stands twice.", name=name)
            return False
        self.marks.elements[key] = element
        return True

    def section_around(self, element: Element) -> str | None:
        """Returns the innermost section that holds the element, itself included."""
        for above in (element, *element.ancestors()):
            if name := above.get("data-section"):
                return name
        return None

    def section(self, element: Element) -> None:
        name = element.get("data-section")
        if not self.named(element, name, "section"):
            return
        if not rules.holds_section(element, self.kind):
            self.note(
                element,
                "mark_not_here",
                "<%(tag)s> cannot be a section here: mark a whole mj-section or mj-wrapper, or a part inside a column.",
                tag=element.tag,
            )
            return
        condition = element.get("data-if")
        if condition:
            self.conditions.append((element, condition))
        parent = None if element.parent is None else self.section_around(element.parent)
        optional = rules.switch(element, "data-optional")
        label = element.get("data-section-label") or element.get("data-label") or rules.spoken(name)
        self.marks.sections.append(SectionSpec(name, label, optional, condition, parent))
        opens, closes = (section_sentinel(self.nonce, name, opens=opens) for opens in (True, False))
        if element.tag.startswith("mj-"):  # mrml keeps a comment only inside mj-raw, and exactly as it was written
            opens, closes = f"<mj-raw>{opens}</mj-raw>", f"<mj-raw>{closes}</mj-raw>"
        self.edit(element.start, element.start, opens)
        self.edit(element.end, element.end, closes)

    def check_conditions(self) -> None:
        names = {spec.name for spec in self.marks.fields}
        for element, condition in self.conditions:
            if condition not in names:
                self.note(
                    element,
                    "unknown_field",
                    "data-if names the field %(name)s, which does not exist.",
                    name=condition,
                )

    def field(self, element: Element) -> None:
        name = element.get("data-field")
        wanted = HEAD_FIELDS.get(element.tag)
        if wanted is not None and name != wanted:
            self.note(element, "bad_name", "The field of <%(tag)s> is named %(name)s.", tag=element.tag, name=wanted)
            return
        if not self.named(element, name, "field"):
            return
        if name == "subject" and wanted != "subject":
            self.note(element, "mark_not_here", "Only the title can be the subject.", field=name)
            return
        type_name = element.get("data-type") or rules.type_by_tag(element.tag)
        try:
            field_type = FieldType(type_name)
        except ValueError:
            self.note(element, "unknown_type", "There is no field type %(type)s.", field=name, type=type_name)
            return
        if not rules.holds_field(element, field_type) or (field_type is not FieldType.IMAGE and _is_empty_tag(element)):
            self.note(
                element,
                "mark_not_here",
                "<%(tag)s> cannot hold a field of type %(type)s.",
                field=name,
                tag=element.tag,
                type=type_name,
            )
            return
        read, problems = rules.read_rules(element, field_type)
        for code, message, params in problems:
            self.note(element, code, message, field=name, **params)
        styles = RichStyles(
            link=element.get("data-link-style") or RichStyles().link,
            paragraph=element.get("data-paragraph-style") or RichStyles().paragraph,
            list=element.get("data-list-style") or RichStyles().list,
        )
        self.marks.fields.append(
            FieldSpec(
                name=name,
                type=field_type,
                label=element.get("data-label") or rules.spoken(name),
                help=element.get("data-help"),
                default=self.default(element, field_type, read),
                required=rules.switch(element, "data-required"),
                must_change=rules.switch(element, "data-must-change"),
                minimum=read.minimum,
                maximum=read.maximum,
                pattern=read.pattern,
                formats=read.formats,
                folders=read.folders,
                ratio=read.ratio,
                domains=read.domains,
                section=self.section_around(element),
                styles=styles,
            )
        )
        self.place(element, name, field_type)

    def default(self, element: Element, field_type: FieldType, read: rules.Rules) -> Json:
        declared = element.get("data-default")
        written = _plain(self.document.content(element))
        if field_type is FieldType.LINE:
            return declared or written
        if field_type is FieldType.TEXT:
            return {"html": sanitise(declared or self.document.content(element), read.formats)}
        if field_type is FieldType.IMAGE:
            return {"image": declared, "alt": element.get("alt")}
        return {"text": declared or written, "url": element.get("href")}

    def place(self, element: Element, name: str, field_type: FieldType) -> None:
        """Writes the edits that put sentinels where the value goes."""
        if field_type is FieldType.IMAGE:
            self.fill_attribute(element, "src", self.sentinel(name, Spot.URL, "url"))
            self.fill_attribute(element, "alt", self.sentinel(name, Spot.ATTRIBUTE, "alt"))
            return
        part = ""
        if field_type is FieldType.BUTTON:
            part = "text"
            self.fill_attribute(element, "href", self.sentinel(name, Spot.URL, "url"))
        spot = Spot.RICH if field_type is FieldType.TEXT else Spot.TEXT
        self.edit(element.open_end, element.close_start, self.sentinel(name, spot, part))

    def fill_attribute(self, element: Element, name: str, sentinel: str) -> None:
        attribute = element.attribute(name)
        if attribute is not None and attribute.quote == '"':
            self.edit(attribute.value_start, attribute.value_end, sentinel)
            return
        if attribute is not None:
            self.edit(attribute.start, attribute.end, "")
        after_tag_name = element.start + 1 + len(element.tag)
        self.edit(after_tag_name, after_tag_name, f' {name}="{sentinel}"')

    def sentinel(self, name: str, spot: Spot, part: str) -> str:
        text = f"zq{self.nonce}p{len(self.marks.sentinels):04d}qz"
        self.marks.sentinels[text] = Place(name, Origin.FIELD, spot, part)
        return text


def _is_empty_tag(element: Element) -> bool:
    return element.tag in VOID_TAGS or element.end == element.open_end


def _plain(html: str) -> str:
    return _SPACES.sub(" ", unescape(_TAG.sub("", html))).strip()
