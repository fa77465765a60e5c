"""Walking a brand's hash chain and finding the first seal or event that does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from groups.models import Brand, Event, Seal
from groups.trail.chain import NO_DIGEST, link

SEALS_AT_ONCE: Final = 20
# No transaction of the portal takes so long: an event that says it is older than others which were sealed before it,
# by more than this, was not there when they were.
LONGEST_COMMIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal of a chain, to be written down where nobody who reaches the database does."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much of a chain holds; `problem` names the first seal or event that does not, or is empty.

    `unsealed` counts the events that wait for the next seal.
    """

    seals: int
    events: int
    unsealed: int
    head: Head | None
    problem: str


class _Broken(Exception):
    """A seal or an event does not hold; its text says which."""


def verify(brand: Brand, noted: Head | None = None) -> Verdict:
    """Recomputes a brand's chain from its first seal on, a few seals in memory at a time.

    With `noted` the chain must go through that head. Events that were added long after their time are told of behind
    it only: what was noted had been looked at.
    """
    walk = _Walk(brand, noted)
    problem = ""
    try:
        walk.to_the_end()
    except _Broken as broken:
        problem = str(broken)
    unsealed = Event.objects.filter(brand=brand, seal=None).count()
    head = Head(walk.seals, walk.digest) if walk.seals else None
    return Verdict(walk.seals, walk.events, unsealed, head, problem)


class _Walk:
    """Where the walk along a chain has come to: what is behind it holds."""

    def __init__(self, brand: Brand, noted: Head | None) -> None:
        self.brand, self.noted = brand, noted
        self.seals, self.events, self.digest = 0, 0, NO_DIGEST
        self.latest: datetime | None = None

    def to_the_end(self) -> None:
        """Raises `_Broken` at the first thing that does not hold."""
        for seal, events in _sealed(self.brand):
            self._step(seal, events)
        if self.noted is not None and self.noted.number > self.seals:
            raise _Broken(f"Seal {self.noted.number}, which was noted, is missing: the chain ends at {self.seals}.")
        stray = Event.objects.filter(brand=self.brand).exclude(seal=None).exclude(seal__brand=self.brand)
        for event in stray.order_by("pk")[:1]:
            raise _Broken(f"Event {event.pk} belongs to a seal that the chain does not have.")
        for event in Event.objects.filter(brand=self.brand, seal=None).order_by("pk").iterator(chunk_size=500):
            self._demand_in_time(event)

    def _step(self, seal: Seal, events: Sequence[Event]) -> None:
        if seal.number != self.seals + 1:
            raise _Broken(f"Seal {self.seals + 1} is missing: seal {seal.number} stands in its place.")
        made = link(
            brand_id=self.brand.pk,
            number=seal.number,
            sealed_at=seal.sealed_at,
            previous=self.digest,
            events=events,
        )
        _compare(seal, made.contents)
        if made.digest != seal.digest:
            raise _Broken(f"Seal {seal.number} was changed, or does not follow from the one before it.")
        if self.noted is not None and seal.number == self.noted.number and seal.digest != self.noted.digest:
            raise _Broken(f"Seal {seal.number} is not the one that was noted: the chain was made anew.")
        if self.noted is None or seal.number > self.noted.number:
            for event in events:
                self._demand_in_time(event)
        self.latest = max([event.at for event in events] + ([self.latest] if self.latest else []))
        self.seals, self.events, self.digest = seal.number, self.events + len(events), seal.digest

    def _demand_in_time(self, event: Event) -> None:
        if self.latest is not None and event.at < self.latest - LONGEST_COMMIT:
            raise _Broken(
                f"Event {event.pk} was put in afterwards: it says {event.at:%Y-%m-%d %H:%M} UTC, but was not there "
                f"when events until {self.latest:%Y-%m-%d %H:%M} UTC were sealed (seal {self.seals})."
            )


def _compare(seal: Seal, made: Sequence[Sequence[int | str]]) -> None:
    """Raises `_Broken` for the first event that is not as the seal has it."""
    try:
        listed = {int(id): mark for id, mark in seal.contents}
    except (TypeError, ValueError) as error:
        raise _Broken(f"Seal {seal.number} was changed: the list of its events cannot be read.") from error
    found = {int(id): mark for id, mark in made}
    for id in sorted(listed.keys() | found.keys()):
        if id not in found:
            raise _Broken(f"Event {id} of seal {seal.number} is missing.")
        if id not in listed:
            raise _Broken(f"Event {id} was put into seal {seal.number} afterwards.")
        if listed[id] != found[id]:
            raise _Broken(f"Event {id} of seal {seal.number} was changed.")
    if seal.count != len(listed):
        raise _Broken(f"Seal {seal.number} was changed: it counts {seal.count} events and lists {len(listed)}.")


def _sealed(brand: Brand) -> Iterator[tuple[Seal, Sequence[Event]]]:
    """Yields the seals of a brand by number, each with its events by id."""
    after = 0
    while seals := list(Seal.objects.filter(brand=brand, number__gt=after).order_by("number")[:SEALS_AT_ONCE]):
        events = Event.objects.filter(seal__in=seals).order_by("seal__number", "pk")
        found = {seal_id: list(those) for seal_id, those in groupby(events, key=lambda event: event.seal_id)}
        for seal in seals:
            yield seal, found.get(seal.pk, [])
        after = seals[-1].number
