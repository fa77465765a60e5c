"""Whose turn it is: deficit round robin between groups, small mailings first, head office by weight; pure.

A group's deficit is what it may still call before the others have their turn. It grows by the group's weight when
nobody who waits has any left, shrinks by one with each call, and is lost when nothing of the group waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

# A mailing of at most so many batches (of 50 people) is small.
SMALL_BATCHES: Final = 20
# Of so many turns one is kept for the large mailings, so that many small ones do not hold them up for ever.
TURNS_PER_LARGE: Final = 4


@dataclass(frozen=True, slots=True)
class Line:
    """The deliveries of one group that wait, in the order in which they began."""

    group: UUID
    weight: int
    small: tuple[UUID, ...] = ()
    large: tuple[UUID, ...] = ()


def share_out(slots: int, lines: Sequence[Line], deficits: MutableMapping[UUID, float], turn: int) -> Counter[UUID]:
    """Gives how many of the free slots each delivery gets; changes `deficits`.

    `turn` counts the slots that were given before, so that the large mailings get their turns over many calls.
    """
    given: Counter[UUID] = Counter()
    waiting = {line.group for line in lines}
    for group in [group for group in deficits if group not in waiting]:
        del deficits[group]
    for number in range(turn, turn + slots):
        lane = _lane(lines, is_for_large=number % TURNS_PER_LARGE == TURNS_PER_LARGE - 1)
        if not lane:
            break
        if all(deficits.get(line.group, 0.0) < 1 for line in lane):
            for line in lane:
                deficits[line.group] = deficits.get(line.group, 0.0) + line.weight
        best = max(lane, key=lambda line: deficits.get(line.group, 0.0))
        deficits[best.group] -= 1
        given[lane[best]] += 1
    return given


def _lane(lines: Sequence[Line], *, is_for_large: bool) -> Mapping[Line, UUID]:
    """Gives the groups whose turn it may be, each with its first delivery: those with small mailings before all."""
    small = {line: line.small[0] for line in lines if line.small}
    large = {line: line.large[0] for line in lines if line.large}
    return (large or small) if is_for_large else (small or large)
