"""Mailchimp's regions that can be hidden, repeated or exchanged, as sections."""

from __future__ import annotations

from collections import defaultdict

from campaigns.brandlock.findings import sentence
from campaigns.brandlock.sections import MOST_SECTIONS, holds_section
from campaigns.brandlock.source import Attribute, Document, Element, Kind

from .naming import Names
from .report import Outcome
from .rewrite import Rewrite
from .terrain import Terrain

EDIT, LABEL, HIDEABLE, REPEATABLE, VARIANT = "mc:edit", "mc:label", "mc:hideable", "mc:repeatable", "mc:variant"
_REGIONS = (EDIT, HIDEABLE, REPEATABLE)


class Sections:
    """Makes regions sections; `outer` are the starts of the elements that hold a region."""

    def __init__(self, document: Document, kind: Kind, terrain: Terrain, names: Names, rewrite: Rewrite) -> None:
        self.kind = kind
        self.terrain = terrain
        self.names = names
        self.rewrite = rewrite
        self.repeats = {element.start for element in document.elements if element.attribute("data-repeat") is not None}
        marks = ("data-section", "data-repeat")
        self.room = MOST_SECTIONS - sum(
            any(element.attribute(mark) is not None for mark in marks) for element in document.elements
        )
        self.outer: set[int] = set()
        groups: dict[tuple[str, int], list[Element]] = defaultdict(list)
        for element in document.elements:
            if any(element.attribute(mark) is not None for mark in _REGIONS):
                self.outer.update(above.start for above in element.ancestors())
            if element.attribute(VARIANT) is not None and self.can_be_variant(element):
                row = -1 if element.parent is None else element.parent.start
                groups[(element.get(REPEATABLE).strip(), row)].append(element)
        self.choices: dict[int, list[Element]] = {
            element.start: group for group in groups.values() if len(group) > 1 for element in group
        }
        self.choice_names: dict[int, str] = {}

    def can_be_variant(self, element: Element) -> bool:
        """Tells whether an element can be one of several versions: it repeats, and nothing keeps it from leaving."""
        is_repeated = element.attribute(REPEATABLE) is not None and not self.why_no_section(element)
        return is_repeated and not self.terrain.is_legal(element)

    def marks(self, element: Element, said: dict[str, Attribute], used: list[Attribute]) -> dict[str, str]:
        """Returns the marks of the section that an element is, empty for none, and notes which attributes they use."""
        if VARIANT in said and REPEATABLE not in said:
            message = sentence("mc:variant stands without mc:repeatable. Mark the versions with data-choose.")
            self.rewrite.note(Outcome.PERSON, element.start, message)
        if REPEATABLE not in said and HIDEABLE not in said:
            return {}
        reason = self.why_no_section(element)
        if reason:
            mark = REPEATABLE if REPEATABLE in said else HIDEABLE
            self.rewrite.note(Outcome.PERSON, element.start, reason, mark=mark, tag=element.tag)
            return {}
        is_hideable = HIDEABLE in said
        if is_hideable and self.terrain.is_legal(element):
            is_hideable = False
            used.append(said[HIDEABLE])
            message = sentence("mc:hideable is taken out: the link to unsubscribe and the postal address always stand.")
            self.rewrite.note(Outcome.DROPPED, element.start, message)
        if element.start in self.choices:
            return self.version(element, said, used)
        if REPEATABLE in said:
            return self.repeat(element, said, used, is_hideable=is_hideable)
        return self.hideable(element, said, used) if is_hideable else {}

    def why_no_section(self, element: Element) -> str:
        """Returns why an element can be no section, or nothing."""
        if not element.closed:
            return sentence("%(mark)s stands on <%(tag)s>, which is never closed. Close it, and mark it as a section.")
        if element.start in self.terrain.closed or not holds_section(element, self.kind):
            return sentence("%(mark)s stands on <%(tag)s>, which can be no section here. Mark another element.")
        if self.room <= 0:
            return sentence("%(mark)s is one section too many for a template. Decide which ones authors need.")
        return ""

    def version(self, element: Element, said: dict[str, Attribute], used: list[Attribute]) -> dict[str, str]:
        group = self.choices[element.start]
        value, words = said[REPEATABLE].value.strip(), said[VARIANT].value.strip()
        first = group[0].start
        if first not in self.choice_names:
            self.choice_names[first] = self.names.take(value, "choice")
            message = sentence(
                "“%(name)s” could repeat at Mailchimp; here one of its versions stands. Where it should repeat, put an "
                "element with data-repeat around them."
            )
            self.rewrite.note(Outcome.PERSON, element.start, message, name=value)
        choice = self.choice_names[first]
        name = self.names.take(words, "version")
        used += [said[mark] for mark in (REPEATABLE, VARIANT, HIDEABLE) if mark in said and said[mark] not in used]
        if HIDEABLE in said:
            message = sentence("mc:hideable is taken out: of versions exactly one stands.")
            self.rewrite.note(Outcome.DROPPED, element.start, message)
        self.room -= 1
        message = sentence("The variant “%(variant)s” became %(section)s, a variant of %(choice)s.")
        params = {"variant": words, "section": name, "choice": choice}
        self.rewrite.note(Outcome.TRANSLATED, element.start, message, **params)
        label = {"data-section-label": words} if words and "{" not in words else {}
        return {"data-section": name, "data-choose": choice} | label

    def repeat(
        self, element: Element, said: dict[str, Attribute], used: list[Attribute], *, is_hideable: bool
    ) -> dict[str, str]:
        value = said[REPEATABLE].value.strip()
        if any(above.start in self.repeats for above in element.ancestors()):
            message = sentence(
                "“%(name)s” repeats inside another part that repeats, which cannot be here. Mark one of them."
            )
            self.rewrite.note(Outcome.PERSON, element.start, message, name=value)
            return {}
        if VARIANT in said:
            message = sentence("“%(name)s” has no other variant beside it. It repeats now; mc:variant is taken out.")
            self.rewrite.note(Outcome.DROPPED, element.start, message, name=value)
            used.append(said[VARIANT])
        name = self.names.take(value, "items")
        self.repeats.add(element.start)
        self.room -= 1
        used.append(said[REPEATABLE])
        message = sentence("mc:repeatable became the section %(section)s, which can stand several times.")
        self.rewrite.note(Outcome.TRANSLATED, element.start, message, section=name)
        if not is_hideable:
            return {"data-repeat": name}
        used.append(said[HIDEABLE])
        message = sentence('mc:hideable became data-min="0": it may also stand not at all.')
        self.rewrite.note(Outcome.TRANSLATED, element.start, message)
        return {"data-repeat": name, "data-min": "0"}

    def hideable(self, element: Element, said: dict[str, Attribute], used: list[Attribute]) -> dict[str, str]:
        wanted = said[HIDEABLE].value.strip() or (f"{said[EDIT].value}_section" if EDIT in said else "")
        if EDIT in said and wanted == said[EDIT].value.strip():
            wanted = f"{wanted}_section"  # the field keeps the name
        name = self.names.take(wanted, "section")
        self.room -= 1
        used.append(said[HIDEABLE])
        message = sentence("mc:hideable became the section %(section)s, which can be left out.")
        self.rewrite.note(Outcome.TRANSLATED, element.start, message, section=name)
        return {"data-section": name, "data-optional": ""}
