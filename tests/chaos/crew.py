"""Workers: forked from a process that has Django loaded, in a loop over the tasks that Celery would give them."""

from __future__ import annotations

import ctypes
import json
import logging
import mmap
import os
import random
import signal
import struct
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

from celery import current_app
from django.core.cache import caches
from django.db import connection

from campaigns.delivery import tasks as delivery_tasks
from campaigns.models import Delivery, DeliveryState
from groups.audiences import tasks as audience_tasks
from groups.models import Workspace
from tests.chaos.clock import Clock
from tests.chaos.injuries import Body, Injury

MOST_WORKERS: Final = 30
_CELL: Final = struct.Struct("Q")
_KILLED_WITH_PARENT: Final = 1
SWEEPS: Final = (delivery_tasks.sweep.name, audience_tasks.sweep.name)
END_SECONDS: Final = 20.0


class Board:
    """Numbers that all processes of a run see: the beat, whether work ends, when each worker is idle, what it did."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _CELL.size * (2 * MOST_WORKERS + 2))

    def __getitem__(self, place: int) -> int:
        number: int = _CELL.unpack_from(self._memory, place * _CELL.size)[0]
        return number

    def __setitem__(self, place: int, number: int) -> None:
        _CELL.pack_into(self._memory, place * _CELL.size, number)


BEAT, IS_CLOSING, FIRST_WORKER = 0, 1, 2
# Where a worker counts its calls, behind the cells in which they say that they are idle.
CALLS: Final = MOST_WORKERS


@dataclass(slots=True)
class Worker:
    """A worker's process. `ended` is its exit code once it is gone, negative for a signal."""

    pid: int
    place: int
    ended: int | None = None

    @property
    def was_killed(self) -> bool:
        """Whether it ended without being able to do anything about it."""
        return self.ended == -signal.SIGKILL


@dataclass(slots=True)
class Crew:
    """The workers of a run; `read_seconds` is how long they wait for an answer of Braze, None is as always."""

    clock: Clock
    folder: Path
    read_seconds: float | None = None
    board: Board = field(default_factory=Board)
    workers: list[Worker] = field(default_factory=list)

    def hire(self, *injuries: Injury, is_eager: bool = False) -> Worker:
        """Starts a worker that will be hurt; an eager one does every task at every beat, asked to or not."""
        connection.close()
        caches.close_all()
        place = FIRST_WORKER + len(self.workers)
        self.board[place] = 0
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _work(self, place, parent, injuries, is_eager)
        worker = Worker(pid, place)
        self.workers.append(worker)
        return worker

    @property
    def alive(self) -> list[Worker]:
        """Those who are not gone."""
        return [worker for worker in self.workers if worker.ended is None]

    def reap(self) -> list[Worker]:
        """Notes who is gone since the last time, and gives them."""
        gone = []
        for worker in self.alive:
            pid, status = os.waitpid(worker.pid, os.WNOHANG)
            if pid:
                worker.ended = os.waitstatus_to_exitcode(status)
                gone.append(worker)
        return gone

    def kill(self, worker: Worker) -> None:
        """Kills a worker, wherever it is."""
        if worker.ended is None:
            os.kill(worker.pid, signal.SIGKILL)
            os.waitpid(worker.pid, 0)
            worker.ended = -signal.SIGKILL

    def is_idle(self) -> bool:
        """Tells whether everybody alive has done all that this beat asked for."""
        return all(self.board[worker.place] == self.board[BEAT] for worker in self.alive)

    def calls_made(self) -> int:
        """Gives how many calls to Braze were made so far."""
        return sum(self.board[worker.place + CALLS] for worker in self.workers)

    def beat(self) -> None:
        """Asks everybody for another round."""
        self.board[BEAT] += 1

    def go_home(self) -> None:
        """Lets everybody finish what is in hand and end."""
        self.board[IS_CLOSING] = 1
        deadline = time.monotonic() + END_SECONDS
        while self.alive and time.monotonic() < deadline:
            self.reap()
            time.sleep(0.002)
        for worker in self.alive:
            self.kill(worker)
        self.board[IS_CLOSING] = 0

    def close(self) -> None:
        """Leaves no process behind."""
        for worker in self.alive:
            self.kill(worker)

    def story(self, lines: int = 60) -> str:
        """Gives the last of what the workers did, for a message about a failure."""
        told: list[tuple[float, str]] = []
        for path in self.folder.glob("worker-*.jsonl"):
            for line in path.read_text().splitlines():
                event = json.loads(line)
                told.append((event.pop("at"), f"{path.stem}: {event}"))
        return "\n".join(line for _at, line in sorted(told)[-lines:])

    def mishaps(self) -> int:
        """Counts the tasks that ended with an error: each may have left behind what it had in flight."""
        files = self.folder.glob("worker-*.jsonl")
        return sum(path.read_text().count('"what": "fails"') for path in files)


def _work(crew: Crew, place: int, parent: int, injuries: Sequence[Injury], is_eager: bool) -> NoReturn:
    """What a worker is, from the fork on; it never comes back."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(_KILLED_WITH_PARENT, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        # Not the same waits as its siblings, as in processes that were started apart.
        random.seed()
        _Hands(crew, place, parent, injuries, is_eager).work()
        code = 0
    finally:
        os._exit(code)


class _Hands:
    """A worker at work: nudges first, then what the beat asks for."""

    def __init__(self, crew: Crew, place: int, parent: int, injuries: Sequence[Injury], is_eager: bool) -> None:
        self._crew, self._place, self._parent, self._is_eager = crew, place, parent, is_eager
        self._queue: deque[tuple[str, list[Any]]] = deque()
        self._trace = os.open(
            crew.folder / f"worker-{place}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        )
        self._body = Body(injuries, crew.clock, self._tell, crew.read_seconds)

    def work(self) -> None:
        logging.disable(logging.CRITICAL)
        current_app.send_task = self._take_nudge
        self._body.wire()
        board, seen = self._crew.board, 0
        while not board[IS_CLOSING] and os.getppid() == self._parent:
            self._crew.clock.follow()
            if self._queue:
                self._run(*self._queue.popleft())
            elif seen < board[BEAT]:
                board[self._place] = 0
                seen = board[BEAT]
                self._queue.extend((name, []) for name in SWEEPS)
                if self._is_eager:
                    self._queue.extend(self._everything())
            else:
                board[self._place] = seen
                time.sleep(0.002)

    def _run(self, name: str, arguments: list[Any]) -> None:
        self._body.task = name.rpartition(".")[2]
        self._tell("begins", task=name)
        try:
            current_app.tasks[name](*arguments)
        except Exception as error:
            # As with Celery: the message is gone, and what it was about stands in the rows.
            self._tell("fails", task=name, error=f"{type(error).__name__}: {error}"[:300])
        else:
            self._tell("ends", task=name)
        self._body.task = ""
        connection.close_if_unusable_or_obsolete()

    def _everything(self) -> list[tuple[str, list[Any]]]:
        """Gives every task that there is something for: the same ones that others do at this moment."""
        planning = Delivery.objects.filter(state=DeliveryState.PLANNING).values_list("pk", flat=True)
        workspaces = [str(pk) for pk in Workspace.objects.values_list("pk", flat=True)]
        return [
            *((audience_tasks.sync.name, [pk]) for pk in workspaces),
            *((delivery_tasks.plan.name, [str(pk)]) for pk in planning),
            *((delivery_tasks.dispatch.name, [pk]) for pk in workspaces),
        ]

    def _take_nudge(self, name: str, args: Any = None, kwargs: Any = None, **_: Any) -> None:
        nudge = (name, list(args or ()))
        if nudge not in self._queue:
            self._queue.append(nudge)

    def _tell(self, what: str, **more: object) -> None:
        self._crew.board[self._place + CALLS] += what == "calls"
        line = json.dumps({"at": round(time.time(), 3), "what": what, **more})
        os.write(self._trace, line.encode() + b"\n")
