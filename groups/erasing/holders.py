"""Who else holds something of a person: each room registers what it does, so that this room knows none of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from groups.models import Contact


@dataclass(frozen=True, slots=True)
class Leftover:
    """What names a person, kept until the last place has forgotten it.

    `told` are the keys that Braze was told of them; `was_told` says whether Braze may have been told anything.
    """

    external_id: str
    addresses: tuple[str, ...]
    told: tuple[str, ...]
    was_told: bool

    def as_text(self) -> str:
        """Gives it as the text that is stored encrypted."""
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Leftover:
        """Reads the text that was stored."""
        read = json.loads(text)
        return cls(read["external_id"], tuple(read["addresses"]), tuple(read["told"]), bool(read["was_told"]))


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Mail to a person that is under way: `waits` can still be withdrawn and is waited for, `too_late` cannot."""

    waits: int = 0
    too_late: int = 0


@dataclass(frozen=True, slots=True)
class Holder:
    """A room that holds something of people.

    `addresses` gives the addresses by which it knows a contact; `withdraw` takes the contact out of mail that has not
    left, and says what is still under way; `erase` takes out what names them and gives how many rows that were, by
    kind. Each may be called twice; the last is called inside a transaction.
    """

    addresses: Callable[[Contact], set[str]]
    withdraw: Callable[[Contact], UnderWay]
    erase: Callable[[Contact, Leftover], Mapping[str, int]]


_HOLDERS: Final[list[Holder]] = []


def register(holder: Holder) -> None:
    """Makes a room known."""
    if holder not in _HOLDERS:
        _HOLDERS.append(holder)


def holders() -> tuple[Holder, ...]:
    """Gives the rooms that hold something of people."""
    return tuple(_HOLDERS)
