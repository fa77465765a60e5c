"""One clock for all processes of a run: the machine's, put on by what the run says."""

from __future__ import annotations

import mmap
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import time_machine

_SECONDS: Final = struct.Struct("d")


class Clock:
    """How far a run's time is ahead of the machine's; kept in a file that every process of the run has mapped.

    `follow` brings the clock of the calling process to it, and costs next to nothing when it stands there already.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            path.write_bytes(_SECONDS.pack(0.0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _SECONDS.size)
        self._own = 0.0
        self._applied = 0.0
        self._travel = time_machine.travel(datetime.now(UTC), tick=True)
        self._traveller = self._travel.start()
        self.follow()

    @property
    def ahead_seconds(self) -> float:
        """How far the run's time is ahead."""
        seconds: float = _SECONDS.unpack_from(self._shared)[0]
        return seconds

    def put_on(self, seconds: float) -> None:
        """Lets time pass for every process of the run."""
        _SECONDS.pack_into(self._shared, 0, self.ahead_seconds + seconds)
        self.follow()

    def jump(self, seconds: float) -> None:
        """Puts the clock of this process alone on, or back."""
        self._own += seconds
        self.follow()

    def follow(self) -> None:
        """Brings the clock of this process to the run's time."""
        wanted = self.ahead_seconds + self._own
        if wanted != self._applied:
            self._traveller.shift(timedelta(seconds=wanted - self._applied))
            self._applied = wanted

    def close(self) -> None:
        """Gives this process the machine's clock back."""
        self._travel.stop()
        self._shared.close()
