"""Resolving the marks of a source: its fields and sections, and the edits that put sentinels in their places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import unescape

from . import rules
from .fields import FieldSpec, FieldType, Lock, SectionSpec
from .findings import Finding, sentence
from .marks import ALL_MARKS
from .pieces import Json, Origin, Place, Spot
from .sections import SectionReader
from .source import MOST_FINDINGS, VOID_TAGS, Attribute, Document, Element, Kind, position
from .types import TYPES, Filling, Written
from .types.choice import HTML_ATTRIBUTES, MJML_ATTRIBUTES, STYLE_PROPERTIES

NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
RESERVED_NAMES = frozenset({"sections", "choices", "order", "envelope"})
HEAD_FIELDS = {"mj-title": "subject", "title": "subject", "mj-preview": "preheader"}
MOST_FIELDS = 200
_ATTRIBUTE_TYPES = {FieldType.CHOICE, FieldType.COLOR}
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

    fields: list[FieldSpec] = field(default_factory=list)
    sections: list[SectionSpec] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    sentinels: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    elements: dict[str, Element] = field(default_factory=dict)


def resolve(document: Document, kind: Kind, nonce: str) -> Marks:
    """Resolves all marks of a document; what is wrong with them is in the findings, and the rest still resolves."""
    resolver = _Resolver(document, kind, nonce)
    for element in document.elements:
        resolver.visit(element)
        if len(resolver.marks.fields) > MOST_FIELDS:
            resolver.note(element, "too_many", "A template has at most %(most)s fields.", most=str(MOST_FIELDS))
            break
        if len(resolver.marks.findings) >= MOST_FINDINGS:
            break
    resolver.sections.check(resolver.marks.fields)
    resolver.marks.sections = resolver.sections.specs
    return resolver.marks


def section_sentinel(nonce: str, name: str, *, opens: bool) -> str:
    """Returns the comment that stands where a section begins or ends."""
    return f"<!--zq{nonce}{'o' if opens else 'c'}-{name}-qz-->"


def is_content_field(element: Element) -> bool:
    """Tells whether a field fills the element's content, so that nothing else can be marked inside."""
    if element.attribute("data-field") is None:
        return False
    return element.attribute("data-attribute") is None and element.get("data-type") != FieldType.COLOR


class _Resolver:
    def __init__(self, document: Document, kind: Kind, nonce: str) -> None:
        self.document = document
        self.kind = kind
        self.nonce = nonce
        self.marks = Marks()
        self.sections = SectionReader(kind, self.note, self.named)

    def visit(self, element: Element) -> None:
        is_field = element.attribute("data-field") is not None
        is_section = any(element.attribute(mark) is not None for mark in ("data-section", "data-repeat"))
        if not (is_field or is_section):
            self.check_stray(element)
            return
        if any(is_content_field(above) for above in element.ancestors()):
            self.note(element, "nested_field", "A field holds no other field and no section.")
            return
        if not element.closed:
            if self.kind is Kind.HTML:
                self.note(element, "unclosed", "<%(tag)s> is never closed.", tag=element.tag)
            return
        for attribute in element.attributes:
            if attribute.name in ALL_MARKS:
                self.edit(attribute.start, attribute.end, "")
        if is_section and (spec := self.sections.read(element)) is not None:
            self.enclose(element, spec.name)
        if is_field:
            self.field(element)

    def check_stray(self, element: Element) -> None:
        """Refuses a mark that belongs to nothing, as `data-lock` on an element that is no section."""
        for attribute in element.attributes:
            if attribute.name in ALL_MARKS:
                message = sentence("%(mark)s stands on an element that is neither a field nor a section.")
                self.note(element, "stray_mark", message, mark=attribute.name)
                return

    def note(self, element: Element, code: str, message: str, field: str = "", **params: str) -> None:
        line, column = position(self.document.text, element.start)
        self.marks.findings.append(Finding(code, message, line, column, field, params))

    def edit(self, start: int, end: int, text: str) -> None:
        self.marks.edits.append(Edit(start, end, text))

    def named(self, element: Element, name: str) -> bool:
        """Checks a name and takes it; each name stands once in a template."""
        if NAME.fullmatch(name) is None or name in RESERVED_NAMES:
            self.note(
                element,
                "bad_name",
                "%(name)s cannot be a name: use a to z, 0 to 9 and _, beginning with a letter; "
                "sections, choices, order and envelope are taken.",
                name=name or '""',
            )
            return False
        if name in self.marks.elements:
            self.note(element, "duplicate_name", "The name %(name)s stands twice.", name=name)
            return False
        self.marks.elements[name] = element
        return True

    def enclose(self, element: Element, name: str) -> None:
        opens, closes = (section_sentinel(self.nonce, name, opens=opens) for opens in (True, False))
        if element.tag.startswith("mj-"):  # mrml keeps a comment only inside mj-raw, and exactly as it was written
            opens, closes = f"<mj-raw>{opens}</mj-raw>", f"<mj-raw>{closes}</mj-raw>"
        self.edit(element.start, element.start, opens)
        self.edit(element.end, element.end, closes)

    def field(self, element: Element) -> None:
        name = element.get("data-field")
        wanted = HEAD_FIELDS.get(element.tag)
        if wanted is not None and name != wanted:
            self.note(element, "bad_name", "The field of <%(tag)s> is named %(name)s.", tag=element.tag, name=wanted)
            return
        if not self.named(element, name):
            return
        if name == "subject" and wanted != "subject":
            self.note(element, "mark_not_here", "Only the title can be the subject.", field=name)
            return
        type_name = element.get("data-type") or rules.type_by_tag(element.tag)
        if type_name not in set(FieldType):
            self.note(element, "unknown_type", "There is no field type %(type)s.", field=name, type=type_name)
            return
        field_type = FieldType(type_name)
        attribute = element.get("data-attribute").strip().lower()
        fillings = TYPES[field_type].fillings(element, attribute)
        if not self.holds(element, field_type, attribute, wanted, fillings):
            message = sentence("<%(tag)s> cannot hold a field of type %(type)s.")
            self.note(element, "mark_not_here", message, field=name, tag=element.tag, type=type_name)
            return
        read, problems = rules.read_field(element, field_type)
        for code, message, params in problems:
            self.note(element, code, message, field=name, **params)
        self.marks.fields.append(self.completed(element, read, attribute))
        for filling in fillings:
            self.fill(element, name, filling)

    def holds(
        self,
        element: Element,
        field_type: FieldType,
        attribute: str,
        wanted: str | None,
        fillings: tuple[Filling, ...],
    ) -> bool:
        """Tells whether the element can be such a field."""
        if wanted is not None and field_type is not FieldType.LINE:
            return False
        if attribute or field_type is FieldType.COLOR:
            if field_type not in _ATTRIBUTE_TYPES:
                return False
            return all(_takes(element, filling.attribute) for filling in fillings)
        is_empty = element.tag in VOID_TAGS or element.end == element.open_end
        return TYPES[field_type].fits(element) and not (is_empty and field_type is not FieldType.IMAGE)

    def completed(self, element: Element, read: FieldSpec, attribute: str) -> FieldSpec:
        """Returns a field with its default, and with what holds it."""
        return replace(
            read,
            default=self.default(element, read, attribute),
            attribute=attribute or ("color" if read.type is FieldType.COLOR else ""),
            section=self.sections.around(element),
            repeat=self.sections.repeat_around(element),
            is_locked=self.sections.lock_around(element) is Lock.CONTENT,
        )

    def default(self, element: Element, read: FieldSpec, attribute: str) -> Json:
        """Returns the value that a new mailing begins with: what is said, else what stands in the element."""
        html = "" if element.tag in VOID_TAGS else self.document.content(element)
        written = Written(element, element.get("data-default"), html, _plain(html), read.formats)
        value_type = TYPES[read.type]
        default = value_type.written(written)
        if read.type in _ATTRIBUTE_TYPES and attribute and not element.get("data-default"):
            default = _style_of(element, attribute)
        if read.options:
            values = [option.value for option in read.options]
            return default if default in values else values[0]
        if default and read.type in rules.FORMED:
            if not rules.is_value(read.type, str(default)):
                message = sentence("data-default is %(wanted)s.")
                self.note(element, "bad_rule", message, field=read.name, wanted=value_type.wanted)
            return value_type.canonical(str(default))
        return default

    def fill(self, element: Element, name: str, filling: Filling) -> None:
        """Writes the edit that puts a sentinel where the value goes."""
        sentinel = self.sentinel(name, filling.spot, filling.part)
        if not filling.attribute:
            self.edit(element.open_end, element.close_start, sentinel)
        elif filling.spot is Spot.STYLE and not element.tag.startswith("mj-") and filling.attribute in STYLE_PROPERTIES:
            self.fill_attribute(element, "style", _styled(element.get("style"), filling.attribute, sentinel))
        else:
            self.fill_attribute(element, filling.attribute, sentinel)

    def fill_attribute(self, element: Element, name: str, text: str) -> None:
        attribute = element.attribute(name)
        if attribute is not None and attribute.quote == '"' and not _is_marked(attribute):
            self.edit(attribute.value_start, attribute.value_end, text)
            return
        if attribute is not None:
            self.edit(attribute.start, attribute.end, "")
        after_tag_name = element.start + 1 + len(element.tag)
        self.edit(after_tag_name, after_tag_name, f' {name}="{text}"')

    def sentinel(self, name: str, spot: Spot, part: str) -> str:
        text = f"zq{self.nonce}p{len(self.marks.sentinels):04d}qz"
        self.marks.sentinels[text] = Place(name, Origin.FIELD, spot, part)
        return text


def _is_marked(attribute: Attribute) -> bool:
    return attribute.name in ALL_MARKS


def _takes(element: Element, attribute: str) -> bool:
    """Tells whether a field may fill that attribute or style of the element (catalogue T7)."""
    if element.tag in {"html", "head", "title", "style", "meta", "link", "mjml", "mj-head", "mj-title", "mj-preview"}:
        return False
    if element.tag.startswith("mj-"):
        return attribute in MJML_ATTRIBUTES
    return attribute in HTML_ATTRIBUTES or attribute in STYLE_PROPERTIES


def _style_of(element: Element, attribute: str) -> str:
    """Returns what an attribute, or a property of the element's style, says in the source."""
    if element.tag.startswith("mj-") or attribute not in STYLE_PROPERTIES:
        return element.get(attribute).strip()
    match = _property(attribute).search(element.get("style"))
    return "" if match is None else match.group("value").strip()


def _styled(style: str, name: str, sentinel: str) -> str:
    """Returns a style with one property's value replaced, or with the property added at its end."""
    escaped = style.replace("&", "&amp;").replace('"', "&quot;")
    replaced, count = _property(name).subn(lambda match: match.group("name") + sentinel, escaped, count=1)
    if count:
        return replaced
    return f"{escaped.rstrip().rstrip(';')};{name}:{sentinel}" if escaped.strip() else f"{name}:{sentinel}"


def _property(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<name>(?:^|;)\s*{re.escape(name)}\s*:\s*)(?P<value>[^;]*)", re.IGNORECASE)


def _plain(html: str) -> str:
    return _SPACES.sub(" ", unescape(_TAG.sub("", html))).strip()
