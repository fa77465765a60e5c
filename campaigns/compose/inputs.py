"""What the composer's page sends, as field values: inputs are named by the path of the value that they hold.

`headline` is a line, `cta.url` a part of a compound value, `events.2.title` a field of the second item. The name
`sections.offer` switches a section, `choices.hero` chooses a variant. `act.events` adds, removes or moves an item,
`act.order` moves a section; both are buttons, so that they work without a script.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from babel.numbers import NumberFormatError, parse_decimal
from django.http import QueryDict

from campaigns.brandlock import Compiled, FieldSpec, FieldType, parts_of_type
from campaigns.brandlock.types.moments import locale_of

SECTION_PREFIX = "sections."
CHOICE_PREFIX = "choices."
ACT_PREFIX = "act."
ORDER = "order"
_FIGURES = frozenset({FieldType.NUMBER, FieldType.PRICE})


def input_names(spec: FieldSpec, path: str) -> tuple[str, ...]:
    """Gives the names of a field's inputs: `headline`, or `cta.text` and `cta.url`."""
    parts = parts_of_type(spec.type)
    return tuple(f"{path}.{part}" for part in parts) if parts else (path,)


def changes_in(post: QueryDict, compiled: Compiled, values: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Gives the values that a form brings and that differ from the stored ones; what it does not name stays.

    A repeated section comes whole. Numbers are read as `language` writes them and kept in plain digits.
    """
    form = _Form(post, compiled, language)
    changes: dict[str, Any] = {}
    for spec in compiled.fields:
        if spec.repeat is None and (found := form.value(spec, spec.name, values.get(spec.name))) is not None:
            changes[spec.name] = found[0]
    for section in compiled.sections:
        if section.is_repeated:
            stored = list(values.get(section.name) or [])
            items = form.items(section.name, stored)
            if items != stored:
                changes[section.name] = items
    changes |= form.rooms(None, "", values)
    if order := form.order(values):
        changes[ORDER] = order
    return changes


class _Form:
    def __init__(self, post: QueryDict, compiled: Compiled, language: str) -> None:
        self.post = post
        self.compiled = compiled
        self.language = language

    def value(self, spec: FieldSpec, path: str, stored: Any) -> tuple[Any] | None:
        """Gives a field's new value in a tuple, or None where the form brings none or the same."""
        names = [name for name in input_names(spec, path) if name in self.post]
        if not names or spec.is_locked:
            return None
        value: Any = self.typed(names[0])
        if spec.type in _FIGURES:
            value = _plain(value, self.language)
        if parts_of_type(spec.type):
            value = dict(stored) if isinstance(stored, Mapping) else {}
            value |= {name.rpartition(".")[2]: self.typed(name) for name in names}
        return None if _trimmed(value) == _trimmed(stored) else (value,)

    def typed(self, name: str) -> str:
        """Gives a text with the line breaks it was written with: forms send them as two characters."""
        return str(self.post[name]).replace("\r\n", "\n")

    def items(self, repeat: str, stored: list[Any]) -> list[Any]:
        """Gives the items of a repeated section as the form leaves them, after what its button did."""
        items = [copy.deepcopy(dict(item)) for item in stored if isinstance(item, Mapping)]
        inside = [spec for spec in self.compiled.fields if spec.repeat == repeat]
        for number, item in enumerate(items, start=1):
            path = f"{repeat}.{number}."
            for spec in inside:
                if (found := self.value(spec, path + spec.name, item.get(spec.name))) is not None:
                    item[spec.name] = found[0]
            item |= self.rooms(repeat, path, item)
        verb, _, where = str(self.post.get(ACT_PREFIX + repeat, "")).partition(".")
        if verb == "add":
            return [*items, {}]
        if where.isdecimal() and 1 <= int(where) <= len(items):
            _moved(items, int(where) - 1, verb)
        return items

    def rooms(self, repeat: str | None, path: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Gives the switches and choices of the mail or of an item, each room whole where something changed."""
        changes: dict[str, Any] = {}
        switches, choices = dict(values.get("sections") or {}), dict(values.get("choices") or {})
        before = (dict(switches), dict(choices))
        for section in self.compiled.sections:
            if section.repeat != repeat:
                continue
            switch, choice = path + SECTION_PREFIX + section.name, path + CHOICE_PREFIX + section.choice
            if section.optional and switch in self.post:
                switches[section.name] = self.post.getlist(switch)[-1] == "on"
            if section.choice and choice in self.post:
                choices[section.choice] = str(self.post[choice])
        if switches != before[0]:
            changes["sections"] = switches
        if choices != before[1]:
            changes["choices"] = choices
        return changes

    def order(self, values: Mapping[str, Any]) -> list[str] | None:
        """Gives the order of the movable sections after a button moved one, or None."""
        verb, _, name = str(self.post.get(ACT_PREFIX + ORDER, "")).partition(".")
        order = order_of(self.compiled, values)
        spec = self.compiled.section(name)
        if spec is None or name not in order:
            return None
        row = [other for other in order if self.compiled.sections_by_name[other].row == spec.row]
        moved = list(row)
        _moved(moved, moved.index(name), verb)
        if moved == row:
            return None
        replaced = iter(moved)
        return [next(replaced) if other in row else other for other in order]


def order_of(compiled: Compiled, values: Mapping[str, Any]) -> list[str]:
    """Gives the movable sections of the mail in the order in which they stand."""
    movable = compiled.movable(None)
    listed = [name for name in values.get(ORDER) or [] if name in movable]
    return [*dict.fromkeys(listed), *(name for name in movable if name not in listed)]


def _moved(items: list[Any], index: int, verb: str) -> None:
    """Removes an item, or puts it before or after its neighbour."""
    if verb == "remove":
        del items[index]
    elif verb == "up" and index > 0:
        items[index - 1], items[index] = items[index], items[index - 1]
    elif verb == "down" and index + 1 < len(items):
        items[index + 1], items[index] = items[index], items[index + 1]


def paths_of(compiled: Compiled, values: Mapping[str, Any], kind: FieldType) -> Iterator[tuple[str, FieldSpec, Any]]:
    """Yields every value of a type with its path, those of items as `events.2.photo`."""
    for spec in compiled.fields:
        if spec.type is not kind:
            continue
        if spec.repeat is None:
            yield spec.name, spec, values.get(spec.name)
            continue
        for number, item in enumerate(values.get(spec.repeat) or [], start=1):
            yield (
                f"{spec.repeat}.{number}.{spec.name}",
                spec,
                item.get(spec.name) if isinstance(item, Mapping) else None,
            )


def with_value(values: Mapping[str, Any], changes: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Gives changes with one more value at a path; an item is changed in its whole list."""
    name, _, rest = path.partition(".")
    if not rest:
        return {**changes, name: value}
    number, _, field = rest.partition(".")
    items = copy.deepcopy(list(changes.get(name, values.get(name)) or []))
    items[int(number) - 1][field] = value
    return {**changes, name: items}


def _plain(text: str, language: str) -> str:
    """Gives a number as it was written in a language in plain digits; what is no number stays as it is."""
    try:
        return str(parse_decimal(text.strip(), locale=locale_of(language), strict=True)) if text.strip() else ""
    except NumberFormatError:
        return text


def _trimmed(value: Any) -> Any:
    """Gives a value without the blanks at its ends, which a text area does not keep."""
    if isinstance(value, Mapping):
        return {part: _trimmed(text) for part, text in value.items()}
    return value.strip() if isinstance(value, str) else value
