"""Bringing together what several people, or several tabs, send of one draft: unit by unit, and a clash asks (M26).

A unit is what merges as a whole: a field, a switch, a variant, the time. Each is sent with what it was when the page
got it (its *base*), so that what somebody only looked at never overwrites what somebody else wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Inputs: TypeAlias = Mapping[str, str]
Units: TypeAlias = Mapping[str, Inputs]
"""The inputs of each unit by their names, with their texts."""


@dataclass(frozen=True, slots=True)
class Clash:
    """A unit that two changed from the same base: what is typed here, and what is stored."""

    unit: str
    mine: Inputs
    theirs: Inputs


@dataclass(frozen=True, slots=True)
class Merged:
    """What to take of a form: `left` are the inputs to leave as they are stored, `clashes` those to ask about."""

    left: frozenset[str]
    clashes: tuple[Clash, ...]


def merge(sent: Inputs, *, base: Units, stored: Units, with_files: Collection[str] = ()) -> Merged:
    """Compares what a form sends with what it was based on and with what is stored.

    What the sender did not change is left; what only the sender changed is taken; what both changed alike is no clash.
    An input of no known unit is taken as it is. `with_files` are units that a file comes for, which changes them.
    """
    left: set[str] = set()
    clashes: list[Clash] = []
    for unit in dict.fromkeys([*base, *stored]):
        was, now = base.get(unit, {}), stored.get(unit, {})
        names = [name for name in {**was, **now} if name in sent]
        if not names or unit not in base:
            continue
        mine = {name: sent[name] for name in names}
        is_mine = unit in with_files or not _same(mine, was, names)
        if not is_mine:
            left.update(names)
        elif not _same(was, now, {**was, **now}) and (unit in with_files or not _same(mine, now, names)):
            left.update(names)
            clashes.append(Clash(unit, mine, now))
    return Merged(frozenset(left), tuple(clashes))


def stand_alike(one: Units, other: Units, prefix: str) -> bool:
    """Tells whether the units whose names begin alike hold the same, as entries must before one of them is moved."""
    named = {unit for unit in (*one, *other) if unit == prefix or unit.startswith(f"{prefix}.")}
    return all(
        _same(one.get(unit, {}), other.get(unit, {}), {**one.get(unit, {}), **other.get(unit, {})}) for unit in named
    )


def _same(one: Inputs, other: Inputs, names: Iterable[str]) -> bool:
    return all(_plain(one.get(name, "")) == _plain(other.get(name, "")) for name in names)


def _plain(text: str) -> str:
    """Gives a text as forms and columns agree on it: one kind of line break, no blanks at the ends."""
    return text.replace("\r\n", "\n").strip()
