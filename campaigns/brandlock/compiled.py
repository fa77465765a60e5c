"""A compiled template: the pieces that the brand approved, and what may stand between them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from .context import Snippet
from .fields import FieldSpec, FieldType, SectionSpec
from .pieces import Json, Literal, Origin, Piece, Place, Section, Spot, from_json, literals, places, to_json
from .source import Kind
from .tokens import is_of_person

FORMAT = 2


@dataclass(frozen=True)
class Compiled:
    """A template ready to be rendered; immutable, and stored as JSON with its published version.

    `fields` stand in the order of the email, subject and preheader first. `subject` and `preheader` are plain pieces,
    and so is `text`, the body as plain text. `pinned` are the snippets that stay as they were when it was published.
    """

    kind: Kind
    pieces: tuple[Piece, ...]
    subject: tuple[Piece, ...]
    preheader: tuple[Piece, ...]
    text: tuple[Piece, ...]
    fields: tuple[FieldSpec, ...]
    sections: tuple[SectionSpec, ...]
    pinned: tuple[Snippet, ...] = ()

    @property
    def group_fields(self) -> tuple[str, ...]:
        """The names that stand as `[[group.…]]`, in the order of their first use."""
        names = (place.name for place in self.places() if place.name.startswith("group."))
        return tuple(dict.fromkeys(name.removeprefix("group.") for name in names))

    @property
    def sender_fields(self) -> tuple[str, ...]:
        """The names that stand as `[[sender.…]]` and are a person's, in the order of their first use."""
        names = (place.name for place in self.places() if is_of_person(place.name))
        return tuple(dict.fromkeys(name.removeprefix("sender.") for name in names))

    @property
    def merge_tags(self) -> tuple[str, ...]:
        """The merge tags in locked parts, in the order of their first use."""
        return tuple(dict.fromkeys(place.name for place in self.places() if place.origin is Origin.MERGE))

    @property
    def html_source_bytes(self) -> int:
        """The size in bytes of all literal text, which every mail carries before anything is filled in."""
        return sum(len(text.encode()) for text in literals(self.pieces))

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that was compiled, in hexadecimal."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def places(self) -> tuple[Place, ...]:
        """Returns every place of subject, preheader and body."""
        return (*places(self.subject), *places(self.preheader), *places(self.pieces))

    def field(self, name: str) -> FieldSpec | None:
        """Returns the field of that name."""
        return self.fields_by_name.get(name)

    def section(self, name: str) -> SectionSpec | None:
        """Returns the section of that name."""
        return self.sections_by_name.get(name)

    @cached_property
    def fields_by_name(self) -> Mapping[str, FieldSpec]:
        """The fields by name."""
        return {spec.name: spec for spec in self.fields}

    @cached_property
    def sections_by_name(self) -> Mapping[str, SectionSpec]:
        """The sections by name, repeated ones and variants among them."""
        return {spec.name: spec for spec in self.sections}

    @cached_property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the variants of each choice, in the order of the source; the first one stands unless chosen."""
        found: dict[str, tuple[str, ...]] = {}
        for spec in self.sections:
            if spec.choice:
                found[spec.choice] = (*found.get(spec.choice, ()), spec.name)
        return found

    @cached_property
    def choice_homes(self) -> frozenset[str | None]:
        """The repeated sections that hold a choice; None where the mail itself does."""
        return frozenset(spec.repeat for spec in self.sections if spec.choice)

    def movable(self, repeat: str | None) -> tuple[str, ...]:
        """Returns the sections of the mail, or of an item, that the author may move among their neighbours."""
        return tuple(spec.name for spec in self.sections if spec.is_movable and spec.repeat == repeat)

    def defaults(self, repeat: str | None) -> dict[str, Json]:
        """Returns the values that the mail, or a new item of a repeated section, begins with."""
        values: dict[str, Json] = {spec.name: spec.default for spec in self.fields if spec.repeat == repeat}
        here = [section for section in self.sections if section.repeat == repeat]
        for section in here:
            if section.is_repeated:
                values[section.name] = [self.defaults(section.name) for _ in range(max(section.minimum, 1))]
        switches: dict[str, Json] = {section.name: True for section in here if section.optional}
        if repeat is None or switches:
            values["sections"] = switches
        choices: dict[str, Json] = {
            section.choice: self.choices[section.choice][0] for section in here if section.choice
        }
        if choices:
            values["choices"] = choices
        return values

    @cached_property
    def snippets_by_name(self) -> Mapping[str, Snippet]:
        """The pinned snippets by name."""
        return {snippet.name: snippet for snippet in self.pinned}

    @cached_property
    def snippet_fields(self) -> frozenset[str]:
        """The names of the fields in which a shared part stands."""
        return frozenset(spec.name for spec in self.fields if spec.type is FieldType.SNIPPET)

    @cached_property
    def lean(self) -> tuple[Piece, ...]:
        """The pieces of the body without the marks that only a preview fills, literals that meet joined."""
        return _lean(self.pieces)

    def as_json(self) -> dict[str, Json]:
        """Returns the template as JSON."""
        return {
            "format": FORMAT,
            "kind": self.kind.value,
            "pieces": to_json(self.pieces),
            "subject": to_json(self.subject),
            "preheader": to_json(self.preheader),
            "text": to_json(self.text),
            "fields": [spec.as_json() for spec in self.fields],
            "sections": [spec.as_json() for spec in self.sections],
            "pinned": [snippet.as_json() for snippet in self.pinned],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> Compiled:
        """Returns the template that `as_json` stored; raises ValueError for another format."""
        fields, sections, pinned = stored.get("fields"), stored.get("sections"), stored.get("pinned")
        if stored.get("format") != FORMAT:
            raise ValueError("This is no compiled template of a format that is known here.")
        return cls(
            kind=Kind(str(stored["kind"])),
            pieces=from_json(stored["pieces"]),
            subject=from_json(stored["subject"]),
            preheader=from_json(stored["preheader"]),
            text=from_json(stored["text"]),
            fields=tuple(FieldSpec.from_json(spec) for spec in _objects(fields)),
            sections=tuple(SectionSpec.from_json(spec) for spec in _objects(sections)),
            pinned=tuple(Snippet.from_json(one) for one in _objects(pinned)),
        )


def _lean(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    lean: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Section):
            lean.append(Section(piece.name, _lean(piece.pieces)))
        elif isinstance(piece, Place):
            if piece.spot is not Spot.MARK:
                lean.append(piece)
        elif lean and isinstance(lean[-1], Literal):
            lean[-1] = Literal(lean[-1].text + piece.text)
        else:
            lean.append(piece)
    return tuple(lean)


def _objects(stored: Json) -> Iterator[dict[str, Json]]:
    if not isinstance(stored, list):
        raise ValueError("Stored fields and sections are lists.")
    yield from (item for item in stored if isinstance(item, dict))
