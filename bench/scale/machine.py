"""One machine: workers that call, write and wait, on cores that they share with the database and the local Braze."""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Final

STEP_SECONDS: Final = 0.000_2
WARM_SECONDS: Final = 1.0
# No two answers take equally long; without this all calls of a worker would march in step.
SPREAD: Final = 0.005


@dataclass(frozen=True, slots=True)
class Machine:
    """What a call costs here, in seconds.

    `held` is how long Braze keeps a call, with the way there and back; `worker` is the processor's time of a worker and
    of the database for one call, `braze` that of the local Braze, which is one process. `cores` are shared by all.
    """

    held: float
    worker: float
    braze: float
    cores: int = 2
    connections: int = 16


@dataclass(slots=True)
class _Worker:
    """A worker: calls that are held by Braze, answers that have arrived, and the work that it has in hand.

    While it works nothing else of it moves, and what has arrived meanwhile is taken in one round.
    """

    held: list[float] = field(default_factory=list)
    arrived: int = 0
    in_hand: int = 0
    work: float = 0.0


def calls_per_second(machine: Machine, *, workers: int, seconds: float = 6.0) -> float:
    """Plays so many workers with endless work, and gives the calls that were answered in a second."""
    crew = [_Worker(arrived=machine.connections) for _ in range(workers)]
    asked: deque[_Worker] = deque()
    chance = random.Random(workers)
    braze_work, now, answered = 0.0, 0.0, 0
    while now < WARM_SECONDS + seconds:
        busy = [worker for worker in crew if worker.work > 0]
        running = len(busy) + (1 if asked else 0)
        share = STEP_SECONDS * min(1.0, machine.cores / running) if running else 0.0
        for worker in busy:
            worker.work -= share
            if worker.work <= 0:
                asked.extend([worker] * worker.in_hand)
                answered += worker.in_hand if now >= WARM_SECONDS else 0
                worker.in_hand = 0
        if asked:
            braze_work += share
            while asked and braze_work >= machine.braze:
                braze_work -= machine.braze
                heapq.heappush(asked.popleft().held, now + machine.held + chance.uniform(-SPREAD, SPREAD))
        now += STEP_SECONDS
        for worker in crew:
            while worker.held and worker.held[0] <= now:
                heapq.heappop(worker.held)
                worker.arrived += 1
            if worker.arrived and not worker.in_hand:
                worker.in_hand, worker.arrived = worker.arrived, 0
                worker.work = worker.in_hand * machine.worker
    return answered / seconds
