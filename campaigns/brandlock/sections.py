"""Reading sections: their marks, where they may stand, and what does not fit together among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from .conditions import AUDIENCE_NAMES, DAY, BadCondition, parse
from .fields import FieldSpec, Lock, SectionSpec
from .findings import sentence
from .rules import spoken, switch
from .source import Element, Kind
from .tokens import origin_of

MOST_ITEMS = 50
USUAL_ITEMS = 10
MOST_SECTIONS = 200
_COUNT = re.compile(r"[0-9]{1,3}")
_MJML_COLUMN_PARTS = frozenset({"mj-text", "mj-image", "mj-button", "mj-divider", "mj-spacer", "mj-table", "mj-social"})
_HTML_NO_SECTION = frozenset({"html", "head", "body", "title", "style", "meta", "link"})


class Note(Protocol):
    """Notes a finding at an element."""

    def __call__(self, element: Element, code: str, message: str, field: str = "", **params: str) -> None: ...


class SectionReader:
    """Reads sections in source order and remembers them by element."""

    def __init__(self, kind: Kind, note: Note, named: Callable[[Element, str], bool]) -> None:
        self.kind = kind
        self.note = note
        self.named = named
        self.found: dict[int, SectionSpec] = {}
        self.elements: dict[str, Element] = {}

    @property
    def specs(self) -> list[SectionSpec]:
        return list(self.found.values())

    def read(self, element: Element) -> SectionSpec | None:
        """Returns the section that an element is, or None where it cannot be one."""
        is_repeated = element.attribute("data-repeat") is not None
        name = element.get("data-repeat" if is_repeated else "data-section")
        if not self.named(element, name):
            return None
        if len(self.found) >= MOST_SECTIONS:
            message = sentence("A template has at most %(most)s sections.")
            self.note(element, "too_many", message, most=str(MOST_SECTIONS))
            return None
        if not holds_section(element, self.kind):
            self.note(
                element,
                "mark_not_here",
                "<%(tag)s> cannot be a section here: mark a whole mj-section or mj-wrapper, or a part inside a column.",
                tag=element.tag,
            )
            return None
        lock = self.lock(element)
        minimum, maximum = self.counts(element) if is_repeated else (1, 1)
        if is_repeated and (element.attribute("data-field") or element.attribute("data-section")):
            message = sentence("A repeated element has one name: put the field or section inside it.")
            self.note(element, "bad_rule", message, field=name)
        if is_repeated and self.repeat_around(element) is not None:
            self.note(element, "nested_repeat", "A repeated section holds no other repeated section.", field=name)
        parent = None if element.parent is None else self.around(element.parent)
        spec = SectionSpec(
            name=name,
            label=element.get("data-section-label") or self.own_label(element) or spoken(name),
            help=element.get("data-section-help"),
            optional=switch(element, "data-optional") or lock in {Lock.CONTENT, Lock.NONE},
            condition=element.get("data-if").strip(),
            parent=parent,
            choice=element.get("data-choose").strip(),
            is_repeated=is_repeated,
            minimum=minimum,
            maximum=maximum,
            lock=lock,
            reason=element.get("data-reason"),
            row=-1 if element.parent is None else element.parent.start,
            repeat=None if element.parent is None else self.repeat_around(element.parent),
        )
        self.found[element.start] = spec
        self.elements[name] = element
        return spec

    def own_label(self, element: Element) -> str:
        return "" if element.attribute("data-field") else element.get("data-label")

    def around(self, element: Element) -> str | None:
        """Returns the innermost section that holds the element, itself included."""
        spec = self._spec_around(element)
        return None if spec is None else spec.name

    def repeat_around(self, element: Element) -> str | None:
        """Returns the repeated section that holds the element, itself included."""
        for above in (element, *element.ancestors()):
            spec = self.found.get(above.start)
            if spec is not None and spec.is_repeated:
                return spec.name
        return None

    def lock_around(self, element: Element) -> Lock:
        """Returns what is fixed in the innermost section around the element that says so."""
        for above in (element, *element.ancestors()):
            spec = self.found.get(above.start)
            if spec is not None and spec.lock is not Lock.OPEN:
                return spec.lock
        return Lock.OPEN

    def _spec_around(self, element: Element) -> SectionSpec | None:
        around = (self.found.get(above.start) for above in (element, *element.ancestors()))
        return next((spec for spec in around if spec is not None), None)

    def lock(self, element: Element) -> Lock:
        written = element.get("data-lock").strip()
        if element.attribute("data-lock") is None:
            return Lock.OPEN
        if written not in {"content", "structure", "none"}:
            self.note(element, "bad_rule", "data-lock is content, structure or none.")
            return Lock.OPEN
        lock = Lock(written)
        if lock is Lock.STRUCTURE and switch(element, "data-optional"):
            self.note(
                element,
                "bad_rule",
                'data-lock="structure" says that it stands, data-optional that it may not. Keep one of them.',
            )
        return lock

    def counts(self, element: Element) -> tuple[int, int]:
        """Returns how often a repeated section stands at least and at most."""
        bounds: list[int] = []
        for mark, usual in (("data-min", 1), ("data-max", USUAL_ITEMS)):
            written = element.get(mark).strip()
            if written and _COUNT.fullmatch(written) is None:
                self.note(element, "bad_rule", "%(mark)s is a whole number.", mark=mark)
            bounds.append(int(written) if _COUNT.fullmatch(written) else usual)
        minimum, maximum = bounds
        if not element.get("data-max").strip():
            maximum = max(minimum, maximum)
        if not 1 <= maximum <= MOST_ITEMS or minimum > maximum:
            message = sentence("A section stands at most %(most)s times, and data-min is not larger than data-max.")
            self.note(element, "bad_rule", message, most=str(MOST_ITEMS))
            return 1, USUAL_ITEMS
        return minimum, maximum

    def check(self, fields: Sequence[FieldSpec]) -> None:
        """Looks at rules and choices once all names are known."""
        by_name = {spec.name: spec for spec in fields}
        choices: dict[str, list[SectionSpec]] = {}
        for spec in self.specs:
            if spec.condition:
                self.check_condition(spec, by_name)
            if spec.choice:
                choices.setdefault(spec.choice, []).append(spec)
        for name, variants in choices.items():
            self.check_choice(name, variants, by_name)

    def check_condition(self, spec: SectionSpec, fields: dict[str, FieldSpec]) -> None:
        element = self.elements[spec.name]
        try:
            subjects = parse(spec.condition).subjects()
        except BadCondition as error:
            self.note(element, "bad_rule", "data-if cannot be read here: %(text)s", text=str(error))
            return
        inside = spec.name if spec.is_repeated else spec.repeat
        for subject in subjects:
            is_portal = subject in {*AUDIENCE_NAMES, DAY} or ("." in subject and origin_of(subject) is not None)
            found = fields.get(subject)
            if not is_portal and (found is None or found.repeat not in {None, inside}):
                message = sentence("data-if names the field %(name)s, which does not exist.")
                self.note(element, "unknown_field", message, name=subject)
            elif spec.is_repeated and found is not None and found.repeat == spec.name:
                message = sentence("data-if of a repeated section cannot ask for a field inside it.")
                self.note(element, "unknown_field", message)

    def check_choice(self, name: str, variants: list[SectionSpec], fields: dict[str, FieldSpec]) -> None:
        first = self.elements[variants[0].name]
        if len(variants) < 2:
            message = sentence("The choice %(name)s has one variant; it needs two or more side by side.")
            self.note(first, "bad_choice", message, name=name)
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name) or name in fields or name in self.elements:
            self.note(first, "bad_name", "%(name)s cannot be the name of a choice.", name=name)
        for spec in variants:
            if spec.row != variants[0].row:
                message = sentence("The variants of %(name)s must stand side by side, in the same element.")
                self.note(self.elements[spec.name], "bad_choice", message, name=name)
            if spec.optional or spec.is_repeated:
                message = sentence(
                    "A variant of %(name)s can be neither left out nor repeated: mark a section around it."
                )
                self.note(self.elements[spec.name], "bad_choice", message, name=name)


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
