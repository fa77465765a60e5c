"""Where new ids come from: one seed a call, so that a call that is replayed gives the same ids again."""

from __future__ import annotations

import random
import secrets
import uuid


class Ids:
    """Ids of schedules, dispatches and sends; drawn from the seed of the call that is being answered."""

    def __init__(self) -> None:
        self.seed = 0
        self._random = random.Random()
        self.begin()

    def begin(self, seed: int | None = None) -> None:
        """Starts a call, with a seed of its own or with the one that was kept."""
        self.seed = secrets.randbits(63) if seed is None else seed
        self._random.seed(self.seed)

    def hex(self, count: int) -> str:
        """Returns so many random bytes in hexadecimal."""
        return self._random.randbytes(count).hex()

    def uuid(self) -> str:
        """Returns a random UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
