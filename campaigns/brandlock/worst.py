"""The values that a template is tried with: the longest that its rules allow, and none at all (catalogue M15)."""

from __future__ import annotations

from .compiled import Compiled
from .fields import SectionSpec
from .pieces import Json
from .types import TYPES


def longest_values(compiled: Compiled) -> dict[str, Json]:
    """Returns the longest values, every repeated section as often as it may stand."""
    return _values(compiled, None, longest=True)


def emptiest_values(compiled: Compiled) -> dict[str, Json]:
    """Returns the fewest values: fields that are not required are empty, optional sections left out."""
    return _values(compiled, None, longest=False)


def _values(compiled: Compiled, repeat: str | None, *, longest: bool) -> dict[str, Json]:
    values = compiled.defaults(repeat)
    for spec in compiled.fields:
        if spec.repeat != repeat or spec.is_locked:
            continue
        kind = TYPES[spec.type]
        if longest:
            values[spec.name] = kind.longest(spec)
        elif not spec.required:
            values[spec.name] = dict.fromkeys(kind.parts, "") if kind.parts else ""
    here = [section for section in compiled.sections if section.repeat == repeat]
    for section in here:
        if section.is_repeated:
            values[section.name] = _items(compiled, section, longest=longest)
    switches: dict[str, Json] = {section.name: longest for section in here if section.optional}
    if switches:
        values["sections"] = switches
    return values


def _items(compiled: Compiled, section: SectionSpec, *, longest: bool) -> Json:
    count = section.maximum if longest else section.minimum
    return [_values(compiled, section.name, longest=longest) for _ in range(count)]
