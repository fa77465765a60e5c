"""Every table that may hold addresses of contacts, in the order in which a brand forgets them; one list.

A room above this one registers what it holds, so that this room knows none of them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from django.db.models import JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from groups.erasing.hashing import address_digest, key_of
from groups.keeping.rewriting import rewrite
from groups.keeping.texts import NOBODY, names_address, without_addresses
from groups.models import Brand
from groups.models.contact import STAND_IN


@dataclass(frozen=True, slots=True)
class Exchange:
    """What exchanges the addresses of a brand: its secret, read once."""

    brand: Brand
    key: bytes

    @classmethod
    def of(cls, brand: Brand) -> Exchange:
        """Gives what exchanges the addresses of a brand."""
        return cls(brand, key_of(brand))

    def stand_in(self, address: str) -> str:
        """Gives what stands for an address; what names nobody stays as it is."""
        return address if address.endswith(NOBODY) else address_digest(self.key, address) + STAND_IN


@dataclass(frozen=True, slots=True)
class Place:
    """A table that may hold addresses of contacts.

    `raw` gives the rows of a brand that may still hold one, and perhaps more; `holds` tells of a row whether it does.
    `exchange` takes rows that are locked, in the order of their keys, within a transaction that no writer of
    addresses runs beside.
    """

    name: str
    raw: Callable[[Brand], QuerySet[Any]]
    holds: Callable[[Any], bool]
    exchange: Callable[[Exchange, Sequence[Any]], None]


@dataclass(frozen=True, slots=True)
class Room:
    """What a room above this one has to do with contacts.

    `reasons` says what stands against forgetting them now, `remarks` what should be known before.
    """

    places: tuple[Place, ...]
    reasons: Callable[[Brand], Sequence[str]]
    remarks: Callable[[Brand], Sequence[str]]


_ROOMS: Final[list[Room]] = []


def register(room: Room) -> None:
    """Makes a room known."""
    if room not in _ROOMS:
        _ROOMS.append(room)


def rooms() -> tuple[Room, ...]:
    """Gives the rooms that hold something of contacts."""
    return tuple(_ROOMS)


def not_exchanged(column: str) -> Q:
    """A condition: the address in a column is somebody's."""
    return reduce(operator.and_, (~Q(**{f"{column}__endswith": ending}) for ending in NOBODY))


def mentions(rows: QuerySet[Any], columns: Iterable[str]) -> tuple[QuerySet[Any], Q]:
    """Gives rows with their JSON as text, and the condition that something in the columns may be an address."""
    found = Q(pk__in=[])
    for column in columns:
        name = column
        if isinstance(rows.model._meta.get_field(column), JSONField):
            name = f"{column}_as_text"
            rows = rows.alias(**{name: Cast(column, TextField())})
        found |= Q(**{f"{name}__contains": "@"})
    return rows, found


def text_place(name: str, rows_of: Callable[[Brand], QuerySet[Any]], columns: Sequence[str]) -> Place:
    """Gives the place of a table whose columns hold words of people or of Braze, out of which addresses are taken."""

    def raw(brand: Brand) -> QuerySet[Any]:
        rows, condition = mentions(rows_of(brand), columns)
        return rows.filter(condition).only("pk", *columns)

    def holds(row: Model) -> bool:
        return any(names_address(getattr(row, column)) for column in columns)

    def exchange(_exchange: Exchange, rows: Sequence[Model]) -> None:
        rewrite(type(rows[0]), columns, ((row.pk, *(shortened(row, column) for column in columns)) for row in rows))

    return Place(name, raw, holds, exchange)


def shortened(row: Model, column: str) -> Any:
    """Gives a column of a row without addresses, as long as the column may be."""
    said = without_addresses(getattr(row, column))
    length = getattr(row._meta.get_field(column), "max_length", None)
    return said[:length] if isinstance(said, str) else said
