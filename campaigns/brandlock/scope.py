"""What stands where: the values of a mail, or of one item of a repeated section, and which sections they let stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .conditions import DAY, parse
from .fields import FieldSpec, SectionSpec
from .pieces import Json, Literal, Origin, Piece, Place, Section, Spot
from .types import TYPES

if TYPE_CHECKING:
    from .compiled import Compiled
    from .context import RenderContext

Values = Mapping[str, Json]


@dataclass(frozen=True)
class Scope:
    """Values by name; `repeat` is the repeated section whose item they are, or None for the mail itself."""

    compiled: Compiled
    values: Values
    context: RenderContext
    repeat: str | None = None
    outer: Scope | None = None
    number: int = 0

    def value(self, spec: FieldSpec) -> Json:
        """Returns a field's value; a locked field stands at its default, whatever the values say."""
        if spec.is_locked:
            return spec.default
        if spec.repeat != self.repeat and self.outer is not None:
            return self.outer.value(spec)
        return self.values.get(spec.name)

    def stands(self, section: SectionSpec) -> bool:
        """Tells whether a section stands: the author keeps or chooses it, its rule holds, and its own section stands.

        A repeated section stands where it has an item.
        """
        known = self._known.get(section.name)
        if known is None:
            known = self._known[section.name] = self._stands(section)
        return known

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    def _stands(self, section: SectionSpec) -> bool:
        if section.repeat != self.repeat and self.outer is not None:
            return self.outer.stands(section)
        above = None if section.parent is None else self.compiled.section(section.parent)
        if above is not None and above.name != self.repeat and not self.stands(above):
            return False
        if section.optional and _entry(self.values, "sections", section.name) is False:
            return False
        if section.choice and self.chosen(section.choice) != section.name:
            return False
        return not section.condition or parse(section.condition).holds(self.facts)

    def chosen(self, choice: str) -> str:
        """Returns the name of the variant that stands; the first one where the values name none."""
        variants = self.compiled.choices[choice]
        wanted = _entry(self.values, "choices", choice)
        return wanted if isinstance(wanted, str) and wanted in variants else variants[0]

    def items(self, section: SectionSpec) -> tuple[Scope, ...]:
        """Returns the items of a repeated section: never fewer or more than it allows, missing ones at the defaults."""
        found = self.values.get(section.name)
        listed: list[Json] = found if isinstance(found, list) else []
        usual = self.compiled.defaults(section.name)
        listed = [*listed, *[None] * (section.minimum - len(listed))][: section.maximum]
        return tuple(
            Scope(self.compiled, item if isinstance(item, dict) else usual, self.context, section.name, self, number)
            for number, item in enumerate(listed, start=1)
        )

    def facts(self, subject: str) -> tuple[bool, str]:
        """Returns what a rule asks: whether there is something in a subject, and its text."""
        if subject == DAY:
            return bool(self.context.day), self.context.day
        if "." in subject:
            text = self.context.portal_value(subject)
            return bool(text), text
        spec = self.compiled.field(subject)
        if spec is None:
            return False, ""
        kind, value = TYPES[spec.type], self.value(spec)
        return kind.is_filled(spec, value), kind.words(spec, value)

    def ordered(self, pieces: Sequence[Piece]) -> Sequence[Piece]:
        """Returns pieces with the movable sections of each row in the author's order, each in a place of its row."""
        order = self.values.get("order")
        if not isinstance(order, list) or not order:
            return pieces
        rows: dict[int, list[int]] = {}
        for index, piece in enumerate(pieces):
            spec = self.compiled.section(piece.name) if isinstance(piece, Section) else None
            if spec is not None and spec.is_movable and spec.repeat == self.repeat:
                rows.setdefault(spec.row, []).append(index)
        moved = list(pieces)
        for indexes in rows.values():
            names: dict[str, Piece] = {}
            for index in indexes:
                piece = pieces[index]
                assert isinstance(piece, Section)
                names[piece.name] = piece
            listed = dict.fromkeys(name for name in order if isinstance(name, str) and name in names)
            for index, name in zip(indexes, [*listed, *(name for name in names if name not in listed)], strict=True):
                moved[index] = names[name]
        return moved

    def flatten(self, pieces: Sequence[Piece]) -> list[tuple[Literal | Place, Scope]]:
        """Returns every literal and place that stands, in order, each with the scope that fills it.

        A shared part gives its own pieces; one that does not exist any more gives nothing.
        """
        found: list[tuple[Literal | Place, Scope]] = []
        self._collect(pieces, found)
        return found

    def _collect(self, pieces: Sequence[Piece], found: list[tuple[Literal | Place, Scope]]) -> None:
        snippet_fields = self.compiled.snippet_fields
        for piece in self.ordered(pieces):
            if isinstance(piece, Section):
                self._collect_section(piece, found)
                continue
            snippet = self.snippet(piece) if snippet_fields and isinstance(piece, Place) else None
            if snippet is None:
                found.append((piece, self))
            else:
                self._collect(snippet, found)

    def _collect_section(self, piece: Section, found: list[tuple[Literal | Place, Scope]]) -> None:
        section = self.compiled.section(piece.name)
        if section is None or not self.stands(section):
            return
        for scope in self.items(section) if section.is_repeated else (self,):
            scope._collect(piece.pieces, found)

    def snippet(self, place: Place) -> tuple[Piece, ...] | None:
        """Returns the pieces of the shared part that stands in a place; None for a place of another kind."""
        is_snippet = place.name in self.compiled.snippet_fields
        if not is_snippet or place.origin is not Origin.FIELD or place.spot is Spot.MARK:
            return None
        spec = self.compiled.fields_by_name[place.name]
        name = TYPES[spec.type].shown(spec, self.value(spec), "", self.context)
        known = self.compiled.snippets_by_name if spec.is_pinned else self.context.snippets
        snippet = known.get(name)
        if snippet is None:
            return ()
        return snippet.text if place.spot is Spot.PLAIN else snippet.pieces


def _entry(values: Values, room: str, name: str) -> Json:
    found = values.get(room)
    return found.get(name) if isinstance(found, Mapping) else None


def fields_that_stand(scope: Scope) -> Iterator[tuple[FieldSpec, Scope]]:
    """Yields the fields that are asked for, in the order of the email, those of repeated sections item by item."""
    seen: set[str] = set()
    for spec in scope.compiled.fields:
        if spec.repeat is None:
            if _field_stands(spec, scope):
                yield spec, scope
        elif spec.repeat not in seen:
            seen.add(spec.repeat)
            section = scope.compiled.section(spec.repeat)
            if section is None or not scope.stands(section):
                continue
            inside = [one for one in scope.compiled.fields if one.repeat == spec.repeat]
            for item in scope.items(section):
                yield from ((one, item) for one in inside if _field_stands(one, item))


def _field_stands(spec: FieldSpec, scope: Scope) -> bool:
    section = None if spec.section is None else scope.compiled.section(spec.section)
    return section is None or section.name == scope.repeat or scope.stands(section)
