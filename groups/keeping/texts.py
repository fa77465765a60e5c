"""Addresses within other words: what Braze wrote, notes, names of files; taken out where a brand keeps none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, TypeVar

from groups.models.contact import STAND_IN

Said = TypeVar("Said")

NOBODY: Final = (STAND_IN, "@erased.invalid")
"""How texts end that are written like addresses and name nobody: stand-ins, and what erased people have (RFC 2606)."""

NOT_KEPT: Final = "(address not kept)"
_LIKE_AN_ADDRESS: Final = re.compile(r'[^\s@<>"(),;:\[\]{}\\|]+@[^\s@<>"\'(),;:\[\]{}\\|]*\w')


def addresses_in(text: str) -> Iterator[str]:
    """Yields what is written like an address in a text, as it stands."""
    for found in _LIKE_AN_ADDRESS.findall(text):
        if not found.endswith(NOBODY):
            yield found


def names_address(said: object) -> bool:
    """Tells whether a text, or one within lists and objects, has something that is written like an address."""
    if isinstance(said, str):
        return "@" in said and any(True for _found in addresses_in(said))
    if isinstance(said, dict):
        return any(names_address(one) for pair in said.items() for one in pair)
    return isinstance(said, list) and any(map(names_address, said))


def without_addresses(said: Said) -> Said:
    """Gives a text, or texts within lists and objects, with what is written like an address taken out."""
    return _without(said)  # type: ignore[return-value]


def _without(said: object) -> object:
    if isinstance(said, str):
        return _LIKE_AN_ADDRESS.sub(_replaced, said) if "@" in said else said
    if isinstance(said, dict):
        return {_without(name): _without(value) for name, value in said.items()}
    return [_without(one) for one in said] if isinstance(said, list) else said


def _replaced(match: re.Match[str]) -> str:
    found = match.group()
    return found if found.endswith(NOBODY) else NOT_KEPT
