"""The runner of `make run` ends when it is asked to, however often and at whatever moment."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import os, sys
from smartersends.run import Side
with Side(dict(os.environ)) as side:
    side.start("sleeper", "-c", "import time; time.sleep(60)")
    print("up", flush=True)
    code = side.wait()
sys.exit(code)
"""


@pytest.mark.processes
def test_a_storm_of_signals_ends_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"

    for number in [signal.SIGINT, signal.SIGTERM] * 20:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        time.sleep(0.001)

    try:
        # A signal that comes when the interpreter is already going down ends it by the system's own hand.
        assert process.wait(timeout=30) in (0, -signal.SIGINT, -signal.SIGTERM)
    finally:
        process.kill()
        process.stdout.close()
