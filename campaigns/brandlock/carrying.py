"""Values carried from one version of a template to the next, by name, with what became of each (catalogue T17)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .compiled import Compiled
from .fields import FieldSpec, SectionSpec
from .pieces import Json
from .scope import Values
from .types import TYPES, WrongShape


class Fate(StrEnum):
    """What became of a field: its value stayed, it follows the template's new text, it went, it is new, or look."""

    KEPT = "kept"
    FOLLOWS = "follows"
    DROPPED = "dropped"
    NEW = "new"
    LOOK = "look"


_WORST_FIRST = (Fate.DROPPED, Fate.LOOK, Fate.NEW, Fate.KEPT, Fate.FOLLOWS)


@dataclass(frozen=True, slots=True)
class Carry:
    """One field or part and what became of it; `name` is its name in the version that has it."""

    name: str
    label: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Carried:
    """Values in the shape of the new version, and what became of each field and part of either version."""

    values: dict[str, Json]
    fates: tuple[Carry, ...]

    def named(self, fate: Fate) -> tuple[str, ...]:
        """Returns the labels of everything that had one fate."""
        return tuple(one.label for one in self.fates if one.fate is fate)


def carry_values(old: Compiled, new: Compiled, values: Values) -> Carried:
    """Carries values over: a value that a person wrote stays under its name, untouched text follows the new template.

    A value whose type does not take it any more is dropped. One whose rules, or whose template text, changed is kept
    and must be looked at.
    """
    carrier = _Carrier(old, new, values)
    return Carried(carrier.carried(), tuple(carrier.fates))


class _Carrier:
    def __init__(self, old: Compiled, new: Compiled, values: Values) -> None:
        self.old = old
        self.new = new
        self.values = values
        self.fates: list[Carry] = []

    def carried(self) -> dict[str, Json]:
        values = self.new.defaults(None)
        for spec in self.new.fields:
            if spec.repeat is None:
                fate, values[spec.name] = self.field(spec, self.values.get(spec.name))
                self.note(spec.name, spec.label, fate)
        for section in self.new.sections:
            if section.is_repeated:
                values[section.name] = self.items(section, values[section.name])
        for spec in self.old.fields:
            self.note_gone(spec)
        for section in self.old.sections:
            if self.new.section(section.name) is None and self.is_decided(section):
                self.note(section.name, section.label, Fate.DROPPED)
        values |= self.rooms(values)
        return values

    def note(self, name: str, label: str, fate: Fate) -> None:
        self.fates.append(Carry(name, label, fate))

    def note_gone(self, spec: FieldSpec) -> None:
        """Notes a field that the new version lacks, or has in another place, where words of a person go with it."""
        after = self.new.field(spec.name)
        is_moved = after is not None and after.repeat != spec.repeat
        if after is None or (is_moved and any(value not in (spec.default, None) for value in self.written_in(spec))):
            self.note(spec.name, spec.label, Fate.DROPPED)

    def written_in(self, spec: FieldSpec) -> list[Json]:
        """Returns the values of a field of the old version, in a repeated section one for each item."""
        if spec.repeat is None:
            return [self.values.get(spec.name)]
        items = self.values.get(spec.repeat)
        return [item.get(spec.name) for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []

    def is_decided(self, section: SectionSpec) -> bool:
        """Tells whether a person said something of a section of the old version: its items, its switch, its choice."""
        usual = self.old.defaults(None)
        if section.is_repeated:
            return self.values.get(section.name) != usual.get(section.name)
        if section.choice:
            is_usual = self.old.choices[section.choice][0] == section.name
            return not is_usual and _entry(self.values, "choices", section.choice) == section.name
        return _entry(self.values, "sections", section.name) is False

    def field(self, spec: FieldSpec, value: Json) -> tuple[Fate, Json]:
        """Returns what a field of the new version begins with, and what became of the old value."""
        before = self.old.field(spec.name)
        if before is None or before.repeat != spec.repeat:
            return Fate.NEW, spec.default
        if spec.is_locked:
            return (Fate.FOLLOWS if value == before.default else Fate.DROPPED), spec.default
        if value == before.default or value is None:
            return Fate.FOLLOWS, spec.default
        return self.written(before, spec, value)

    def written(self, before: FieldSpec, spec: FieldSpec, value: Json) -> tuple[Fate, Json]:
        """Returns what becomes of a value that a person wrote."""
        if before.type is not spec.type:
            return Fate.DROPPED, spec.default
        try:
            carried = TYPES[spec.type].read(spec, value)
        except WrongShape:
            return Fate.DROPPED, spec.default
        is_same = before.default == spec.default and _rules(before) == _rules(spec) and carried == value
        return (Fate.KEPT if is_same else Fate.LOOK), carried

    def items(self, section: SectionSpec, usual: Json) -> Json:
        """Returns the items of a repeated section, as many of the old ones as it takes.

        What is noted of a field in it is the worst that happened to the field in any item.
        """
        before = self.old.section(section.name)
        stored = self.values.get(section.name)
        if before is None or not before.is_repeated or not isinstance(stored, list):
            self.note(section.name, section.label, Fate.NEW)
            return usual
        inside = [spec for spec in self.new.fields if spec.repeat == section.name]
        fates: dict[str, list[Fate]] = {spec.name: [] for spec in inside}
        items: list[Json] = [
            self.item(section, inside, item, fates) for item in stored[: section.maximum] if isinstance(item, Mapping)
        ]
        fits = section.minimum <= len(stored) <= section.maximum
        self.note(section.name, section.label, Fate.KEPT if fits else Fate.LOOK)
        for spec in inside:
            if fates[spec.name]:
                self.note(spec.name, spec.label, min(fates[spec.name], key=_WORST_FIRST.index))
        return [*items, *(self.new.defaults(section.name) for _ in range(section.minimum - len(items)))]

    def item(
        self, section: SectionSpec, inside: list[FieldSpec], item: Mapping[str, Json], fates: dict[str, list[Fate]]
    ) -> dict[str, Json]:
        carried = self.new.defaults(section.name)
        for spec in inside:
            fate, carried[spec.name] = self.field(spec, item.get(spec.name))
            fates[spec.name].append(fate)
        for room, kept in self.kept_rooms(item, section.name).items():
            usual = carried.get(room)
            if isinstance(usual, dict):
                carried[room] = {**usual, **kept}
        return carried

    def rooms(self, usual: Mapping[str, Json]) -> dict[str, Json]:
        """Returns switches, choices and order of the mail: what the old version had and the new one still has."""
        kept = self.kept_rooms(self.values, None)
        changes: dict[str, Json] = {}
        for room in ("sections", "choices"):
            begun = usual.get(room)
            if isinstance(begun, dict):
                changes[room] = {**begun, **kept[room]}
        order = self.values.get("order")
        movable = self.new.movable(None)
        if isinstance(order, list):
            left: list[Json] = [name for name in order if name in movable]
            changes |= {"order": left} if left else {}
        return changes

    def kept_rooms(self, values: Mapping[str, Json], repeat: str | None) -> dict[str, dict[str, Json]]:
        switches: dict[str, Json] = {}
        choices: dict[str, Json] = {}
        for section in self.new.sections:
            if section.repeat != repeat:
                continue
            is_on = _entry(values, "sections", section.name)
            if section.optional and isinstance(is_on, bool):
                switches[section.name] = is_on
            if section.choice and _entry(values, "choices", section.choice) == section.name:
                choices[section.choice] = section.name
        return {"sections": switches, "choices": choices}


def _entry(values: Mapping[str, Json], room: str, name: str) -> Json:
    found = values.get(room)
    return found.get(name) if isinstance(found, Mapping) else None


def _rules(spec: FieldSpec) -> dict[str, Json]:
    """Returns the rules that a value is checked by, as something that can be compared."""
    stored = spec.as_json()
    guidance = {"label", "help", "good", "bad", "default", "section", "styles"}
    return {name: value for name, value in stored.items() if name not in guidance}
