"""Many workspaces over one fleet of workers: the real windows and the real fair queue, with a clock that is simulated.

Time goes in steps of a second. In each of them the workers are shared out evenly among the workspaces that have work,
a workspace takes what its window still has, and `share_out` says which deliveries get it. Workspaces share nothing but
the workers, so that one of a kind stands for all of that kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import floor
from typing import Final
from uuid import UUID

from braze_client.pacing import SHARED, MemoryStore, Pool
from braze_client.pacing.pacer import margin_of
from campaigns.delivery.fair_share import SMALL_BATCHES, Line, share_out

PEOPLE_PER_CALL: Final = 50
HEAD_OFFICE_WEIGHT: Final = 4
# So many calls are given at a time: shares stay what they are, and a step stays short.
GRAIN: Final = 20
BEGIN: Final = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LONGEST_SECONDS: Final = 40 * 3600
SHARE: Final = 0.8


@dataclass(frozen=True, slots=True)
class Kind:
    """So many workspaces with the same morning: `stores` mailings of stores, and one of head office to `everybody`.

    Each store mails `people`; every tenth of them mails ten times as many.
    """

    name: str
    workspaces: int
    stores: int
    people: int
    everybody: int = 0

    @property
    def mailings(self) -> list[int]:
        """How many calls each mailing needs, that of head office first."""
        sizes = [self.people * (10 if number % 10 == 9 else 1) for number in range(self.stores)]
        return [-(-size // PEOPLE_PER_CALL) for size in ([self.everybody] if self.everybody else []) + sizes]


@dataclass(frozen=True, slots=True)
class Finished:
    """When the mailings of one kind were handed over, in seconds from the moment at which all were submitted."""

    kind: Kind
    calls: int
    all_done: int
    small_done: int
    head_office_done: int
    seconds_without_budget: int


@dataclass(slots=True)
class _Workspace:
    """One workspace of a kind while it is played."""

    kind: Kind
    left: dict[UUID, int]
    size: dict[UUID, int]
    is_fair: bool
    pool: Pool
    lines: dict[UUID, Line]
    windows: MemoryStore = field(default_factory=MemoryStore)
    deficits: dict[UUID, float] = field(default_factory=dict)
    turn: int = 0
    spare: float = 0.0
    without_budget: int = 0
    done: dict[UUID, int] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: Kind, *, is_fair: bool) -> _Workspace:
        size = {UUID(int=number): calls for number, calls in enumerate(kind.mailings)}
        weight = dict.fromkeys(size, 1)
        if kind.everybody:
            weight[UUID(int=0)] = HEAD_OFFICE_WEIGHT
        lines = {one: _line(one, calls, weight[one]) for one, calls in size.items()}
        return cls(kind, dict(size), size, is_fair, SHARED.with_share(SHARE), lines)

    def step(self, calls: float, second: int) -> None:
        """Lets a second pass in which its workers could make so many calls."""
        if not self.left:
            return
        now = BEGIN + timedelta(seconds=second)
        self.spare += calls
        wanted = min(floor(self.spare), sum(self.left.values()))
        is_open = now <= self.pool.window_end(now) - margin_of(self.pool)
        granted = self.windows.reserve("simulated", self.pool, wanted, now).granted if is_open else 0
        self.without_budget += wanted > 0 and granted == 0
        self.spare = min(self.spare - granted, calls) if granted < wanted else self.spare - granted
        while granted > 0 and self.left:
            granted -= self._give(granted, second)

    def _give(self, granted: int, second: int) -> int:
        """Gives calls to deliveries, some at a time, and tells how many that were."""
        slots = max(1, granted // GRAIN)
        given, grain = 0, granted // slots
        for delivery, turns in self._shares(slots).items():
            taken = min(self.left[delivery], turns * grain)
            self.left[delivery] -= taken
            given += taken
            if not self.left[delivery]:
                del self.left[delivery], self.lines[delivery]
                self.done[delivery] = second + 1
        self.turn += slots
        return given

    def _shares(self, slots: int) -> dict[UUID, int]:
        if not self.is_fair:
            return {next(iter(self.left)): slots}
        return dict(share_out(slots, list(self.lines.values()), self.deficits, self.turn))


def _line(delivery: UUID, calls: int, weight: int) -> Line:
    """Gives a group with one delivery; it has the delivery's name."""
    is_small = calls <= SMALL_BATCHES
    return Line(delivery, weight, (delivery,) if is_small else (), () if is_small else (delivery,))


def play(kinds: Sequence[Kind], *, workers: int, calls_a_second: float, is_fair: bool = True) -> list[Finished]:
    """Plays a morning on which everything is submitted at once; `calls_a_second` is what one worker makes.

    A workspace gets no more workers than there are; several may work for one. Without `is_fair` each mailing waits for
    those before it, that of head office first.
    """
    places = [_Workspace.of(kind, is_fair=is_fair) for kind in kinds]
    for second in range(LONGEST_SECONDS):
        open_ones = sum(place.kind.workspaces for place in places if place.left)
        if not open_ones:
            return [_finished(place) for place in places]
        for place in places:
            place.step(workers * calls_a_second / open_ones, second)
    raise RuntimeError("The fleet is too small: not everything was handed over in the time.")


def _finished(place: _Workspace) -> Finished:
    small = sorted(done for delivery, done in place.done.items() if place.size[delivery] <= SMALL_BATCHES)
    return Finished(
        kind=place.kind,
        calls=sum(place.size.values()),
        all_done=max(place.done.values()),
        small_done=small[floor(0.95 * (len(small) - 1))] if small else 0,
        head_office_done=place.done[UUID(int=0)] if place.kind.everybody else 0,
        seconds_without_budget=place.without_budget,
    )
