"""Which other rooms hold addresses of contacts: each registers what it does, so that this room knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from groups.models import Brand


@dataclass(frozen=True, slots=True)
class AddressRoom:
    """A room that holds addresses of contacts.

    `is_busy` tells whether it is writing addresses just now; `exchange` puts stand-ins in their place, may be called
    twice, and is called inside a transaction.
    """

    is_busy: Callable[[Brand], bool]
    exchange: Callable[[Brand, Callable[[str], str]], int]


_ROOMS: Final[list[AddressRoom]] = []


def register(room: AddressRoom) -> None:
    """Makes a room known."""
    if room not in _ROOMS:
        _ROOMS.append(room)


def rooms() -> tuple[AddressRoom, ...]:
    """Gives the rooms that hold addresses."""
    return tuple(_ROOMS)
