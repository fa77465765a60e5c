"""Runs a program in a run's time: `python -m tests.chaos.in_time CLOCK_FILE PROGRAM [ARGUMENT]...`.

The program is a file, such as `manage.py`, or a module, such as `celery`; whatever it forks follows the clock too.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading
import time
from pathlib import Path
from typing import Final

from tests.chaos.clock import Clock

LOOK_SECONDS: Final = 0.01


def main(clock_file: str, program: str) -> None:
    """Follows the clock for good, and becomes the program."""
    clock = Clock(Path(clock_file))
    _follow(clock)
    os.register_at_fork(after_in_child=lambda: _follow(clock))
    if program.endswith(".py"):
        runpy.run_path(program, run_name="__main__")
    else:
        runpy.run_module(program, run_name="__main__", alter_sys=True)


def _follow(clock: Clock) -> None:
    def look() -> None:
        while True:
            clock.follow()
            time.sleep(LOOK_SECONDS)

    threading.Thread(target=look, daemon=True).start()


if __name__ == "__main__":
    chosen, sys.argv = sys.argv[1:3], sys.argv[2:]
    main(*chosen)
