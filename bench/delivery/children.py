"""Processes of a benchmark: each makes itself ready, begins at a word, and says in the end what it needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_PROJECT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Report:
    """What a process did: how many pieces of work, from when to when, at what cost of its own."""

    done: int
    began_at: float
    ended_at: float
    cpu_seconds: float
    peak_mb: float

    @property
    def seconds(self) -> float:
        """How long it worked."""
        return self.ended_at - self.began_at


class Child:
    """A process that runs ``python -m ROOM.NAME``; used as a context, at whose end it is gone."""

    def __init__(self, name: str, *arguments: str, room: str = "bench.delivery", **environment: str) -> None:
        command = [sys.executable, "-m", f"{room}.{name}", *arguments]
        self._process = subprocess.Popen(
            command,
            cwd=_PROJECT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Waits until it has made itself ready."""
        if _open(self._process.stdout).readline() != "ready\n":
            raise RuntimeError(f"{self._process.args!r} did not start.")

    def begin(self) -> None:
        """Gives it the word; it is ready by now."""
        pipe = _open(self._process.stdin)
        pipe.write("\n")
        pipe.flush()

    def report(self) -> Report:
        """Waits for its end and gives what it says."""
        printed = _open(self._process.stdout).read()
        if self._process.wait():
            raise RuntimeError(f"{self._process.args!r} failed.")
        return Report(**json.loads(printed))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()


def run_alone(name: str, *arguments: str, **environment: str) -> Report:
    """Runs one process from its start to its report."""
    with Child(name, *arguments, **environment) as child:
        child.wait_until_ready()
        child.begin()
        return child.report()


def work(do: Callable[[], int]) -> None:
    """Is what a process does once it has made itself ready: waits for the word, works, and reports."""
    print("ready", flush=True)
    sys.stdin.readline()
    cpu_seconds, began_at = time.process_time(), time.time()
    done = do()
    report = Report(done, began_at, time.time(), time.process_time() - cpu_seconds, peak_mb())
    print(json.dumps(asdict(report)), flush=True)


def peak_mb() -> float:
    """Gives the most memory that this process has held.

    The kernel's ``ru_maxrss`` would count what the process that started this one held.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _open(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise AssertionError("The pipe was asked for.")
    return pipe
