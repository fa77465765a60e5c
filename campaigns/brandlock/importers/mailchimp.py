"""Mailchimp's template language: its editable regions become fields and sections, its merge tags become ours."""

from __future__ import annotations

import re

from campaigns.brandlock.fields import FieldType
from campaigns.brandlock.findings import sentence
from campaigns.brandlock.marks import ALL_MARKS
from campaigns.brandlock.resolve import MOST_FIELDS, is_content_field
from campaigns.brandlock.rules import spoken
from campaigns.brandlock.source import Attribute, Document, Element, Kind, read

from .merge_tags import MERGE_TAG
from .naming import Names
from .plain import note_what_is_missing, readable, styles_of
from .regions import EDIT, HIDEABLE, LABEL, REPEATABLE, VARIANT, Sections
from .report import ImportReport, Outcome, report_of
from .rewrite import Rewrite, written_marks
from .tag_translating import TagTranslator
from .terrain import HEADINGS, Terrain, descendants, is_button

_MARK = re.compile(r"\smc:[a-z]+[\s=>/]", re.IGNORECASE)
_KNOWN = frozenset({EDIT, LABEL, HIDEABLE, REPEATABLE, VARIANT})
_FOR_ITS_EDITOR = frozenset({"mc:allowdesigner", "mc:allowtext", "mc:locked"})
_LINE_TAGS = HEADINGS | {"span", "strong", "em", "b", "i", "small", "font", "u"}
_MANY_LINES = frozenset({"a", "br", "p", "ul", "ol", "li"})
_FLOW = frozenset({"div", "td", "th", "li", "center", "article", "section", "header", "footer", "main"})


def from_mailchimp(source: str, *, kind: str, merge_tags: frozenset[str]) -> tuple[str, ImportReport]:
    """Translates a source in Mailchimp's template language, `kind` being `mjml` or `html`, and reports on each thing.

    `merge_tags` are the brand's names for `[[name]]`. What has no equal stays in the source as it is and is reported
    for a person; no byte outside the edits changes. A source of more than 500,000 characters, or one that is nested
    deeper than 200, comes back as it was. Nothing is raised.
    """
    rewrite = Rewrite(source)
    document = readable(source, Kind(kind), rewrite)
    if document is None:
        return rewrite.result()
    importer = _Importer(document, Kind(kind), rewrite)
    importer.run()
    TagTranslator(document, rewrite, importer.fields, merge_tags, importer.room).run()
    text, report = rewrite.result()
    check = Rewrite(text)
    translated = read(text, Kind(kind))
    note_what_is_missing(translated, Terrain(translated), check)
    missing = check.result()[1]
    merged = report_of((*report.entries, *missing.entries))
    return text, ImportReport(merged.entries, merged.left_off + report.left_off)


def is_mailchimp(source: str) -> bool:
    """Tells whether a source speaks Mailchimp's language."""
    return MERGE_TAG.search(source) is not None or _MARK.search(source) is not None


class _Importer:
    """Translates the regions of a document; `fields` are the names of fields by the start of their element."""

    def __init__(self, document: Document, kind: Kind, rewrite: Rewrite) -> None:
        self.document = document
        self.rewrite = rewrite
        self.terrain = Terrain(document, translates_tags=True)
        self.names = Names(document)
        self.sections = Sections(document, kind, self.terrain, self.names, rewrite)
        self.fields = {element.start: "" for element in document.elements if is_content_field(element)}
        self.room = MOST_FIELDS - sum(element.attribute("data-field") is not None for element in document.elements)

    def run(self) -> None:
        """Writes the edits and the notes of every region."""
        for element in self.document.elements:
            said = {one.name: one for one in element.attributes if one.name.startswith("mc:")}
            if said:
                self.region(element, said)

    def region(self, element: Element, said: dict[str, Attribute]) -> None:
        used: list[Attribute] = []
        for name, attribute in said.items():
            if name in _FOR_ITS_EDITOR:
                used.append(attribute)
                message = sentence("%(mark)s is taken out: it only steers Mailchimp's editor.")
                self.rewrite.note(Outcome.DROPPED, element.start, message, mark=name)
            elif name not in _KNOWN:
                message = sentence("%(mark)s is not known here. Take it out, or say what it says in another way.")
                self.rewrite.note(Outcome.PERSON, element.start, message, mark=name)
        marks: dict[str, str] = {}
        if any(attribute.name in ALL_MARKS for attribute in element.attributes):
            message = sentence("This element has marks of this portal and of Mailchimp. Keep one of them.")
            self.rewrite.note(Outcome.PERSON, element.start, message)
        else:
            marks = self.sections.marks(element, said, used)
            if EDIT in said:
                self.field(element, said, used, marks)
        self.label(element, said, used, marks)
        self.write(element, used, marks)

    def field(self, element: Element, said: dict[str, Attribute], used: list[Attribute], marks: dict[str, str]) -> None:
        """Makes an editable region a field, or fields of the parts that it holds."""
        name = said[EDIT].value.strip()
        if self.terrain.is_legal(element):
            used.append(said[EDIT])
            message = sentence(
                "“%(name)s” stays locked: it holds the link to unsubscribe or the postal address, which nobody may "
                "take out. Mark the words beside them that authors may change."
            )
            self.rewrite.note(Outcome.DROPPED, element.start, message, name=name)
        elif element.start in self.sections.outer:
            used.append(said[EDIT])
            message = sentence("“%(name)s” holds other editable regions: those are translated, itself it stays locked.")
            self.rewrite.note(Outcome.DROPPED, element.start, message, name=name)
        elif reason := self.why_no_field(element):
            self.rewrite.note(Outcome.PERSON, element.start, reason, name=name, tag=element.tag)
        elif (field_type := self.type_of(element)) is None:
            self.parts(element, said, used)
        elif "data-repeat" in marks:
            self.inside(element, said, used, field_type)
        else:
            used.append(said[EDIT])
            marks.update(self.new_field(element, name, _label(said), field_type))

    def why_no_field(self, element: Element) -> str:
        """Returns why an editable region can be no field at all, or nothing."""
        if any(above.start in self.fields for above in element.ancestors()):
            return sentence("“%(name)s” stands inside another field, and a field holds no other.")
        if element.start in self.terrain.closed:
            return sentence("“%(name)s” stands where no field can be. Take it out, or mark something in the body.")
        if not element.closed:
            return sentence("“%(name)s” stands on <%(tag)s>, which is never closed. Close it, and mark it as a field.")
        if not self.terrain.is_free(element):
            return sentence("“%(name)s” holds Liquid, marks, or a comment for Outlook. Mark a smaller part as a field.")
        if self.room <= 0:
            return sentence("“%(name)s” is one field too many for a template. Decide which ones authors need.")
        return ""

    def type_of(self, element: Element) -> FieldType | None:
        """Returns the type of field that a region is, or None where it holds more than one thing."""
        types = self.terrain.types(element)
        if not types or types[0] in {FieldType.IMAGE, FieldType.BUTTON}:
            return types[0] if types else None
        inside = list(descendants(element))
        if self.terrain.lone_link(element) is not None or any(one.tag == "a" and is_button(one) for one in inside):
            return None
        is_line = element.tag in _LINE_TAGS and not any(one.tag in _MANY_LINES for one in inside)
        wanted = FieldType.LINE if is_line else FieldType.TEXT
        return wanted if wanted in types else None

    def parts(self, element: Element, said: dict[str, Attribute], used: list[Attribute]) -> None:
        """Makes the parts of a region fields, where it holds a heading, pictures, or a table of them."""
        name, label = said[EDIT].value.strip(), _label(said)
        parts = list(self.terrain.parts(element))[: self.room]
        if not parts:
            message = sentence(
                "“%(name)s” stands on <%(tag)s>, and nothing in it can be a field. Mark what should be one."
            )
            self.rewrite.note(Outcome.PERSON, element.start, message, name=name, tag=element.tag)
            return
        used.append(said[EDIT])
        for part in parts:
            kind = self.terrain.types(part)[0]
            is_alone = len(parts) == 1
            wanted = name if is_alone else f"{name}_{'headline' if part.tag in HEADINGS else kind.value}"
            said_label = label if is_alone or not label else f"{label}: {kind.value}"
            self.rewrite.mark(part, self.new_field(part, wanted, said_label, kind, of=name))

    def inside(
        self, element: Element, said: dict[str, Attribute], used: list[Attribute], field_type: FieldType
    ) -> None:
        """Puts an element of its own for the field into a repeated one, which can hold a field and not be one."""
        if field_type not in {FieldType.LINE, FieldType.TEXT}:
            message = sentence(
                "“%(name)s” repeats, so it cannot be a field itself. Put data-repeat on an element around it, and "
                "data-field here."
            )
            self.rewrite.note(Outcome.PERSON, element.start, message, name=said[EDIT].value.strip())
            return
        used.append(said[EDIT])
        tag = "div" if element.tag in _FLOW else "span"
        marks = self.new_field(element, said[EDIT].value.strip(), _label(said), field_type)
        self.rewrite.edit(element.open_end, element.open_end, f"<{tag}{written_marks(marks)}>")
        self.rewrite.edit(element.close_start, element.close_start, f"</{tag}>")

    def new_field(
        self, element: Element, wanted: str, label: str, field_type: FieldType, of: str = ""
    ) -> dict[str, str]:
        """Takes a name for a field and returns its marks."""
        name = self.names.take(wanted, field_type.value)
        self.room -= 1
        self.fields[element.start] = name
        message = (
            sentence("A part of “%(name)s” became the field %(field)s of type %(type)s.")
            if of and of != wanted
            else sentence("The region “%(name)s” became the field %(field)s of type %(type)s.")
        )
        params = {"name": of or wanted, "field": name, "type": field_type.value}
        self.rewrite.note(Outcome.TRANSLATED, element.start, message, **params)
        marks = {"data-field": name, "data-type": field_type.value, "data-label": label or spoken(name)}
        return marks | (styles_of(element) if field_type is FieldType.TEXT else {})

    def label(self, element: Element, said: dict[str, Attribute], used: list[Attribute], marks: dict[str, str]) -> None:
        """Uses up the label of a region that was translated; a section without a field takes it for its own."""
        attribute = said.get(LABEL)
        if attribute is None:
            return
        regions = [said[name] for name in (EDIT, HIDEABLE, REPEATABLE) if name in said]
        if regions and not any(one in used for one in regions):
            return  # it stays beside the region that needs a person
        used.append(attribute)
        if not regions:
            message = sentence("The label “%(label)s” is taken out: it belongs to no region.")
            self.rewrite.note(Outcome.DROPPED, element.start, message, label=attribute.value)
        elif EDIT not in said and ("data-section" in marks or "data-repeat" in marks) and _label(said):
            marks["data-section-label"] = _label(said)

    def write(self, element: Element, used: list[Attribute], marks: dict[str, str]) -> None:
        """Writes the marks in the place of the first mark of Mailchimp that they stand for."""
        for attribute in used:
            is_first = attribute is min(used, key=lambda one: one.start)
            self.rewrite.edit(attribute.start, attribute.end, written_marks(marks) if is_first else "")


def _label(said: dict[str, Attribute]) -> str:
    label = said[LABEL].value.strip() if LABEL in said else ""
    return "" if "{" in label or "*|" in label else label
