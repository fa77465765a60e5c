"""Small processes beside: something is done in a fork of this one, whose connections nobody touches there."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.db import connections


def beside(work: Callable[[], object]) -> int:
    """Begins to do something in a process beside this one, and gives its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def is_done_well(pid: int) -> bool:
    """Waits for a process that was begun beside, and tells whether it did what it was to do."""
    return os.waitpid(pid, 0)[1] == 0


def done_beside(work: Callable[[], object]) -> None:
    """Does something with the database in a process beside this one, and waits for it."""
    connections["default"].close()
    if not is_done_well(beside(work)):
        raise AssertionError("What was to be done beside did not end well.")
