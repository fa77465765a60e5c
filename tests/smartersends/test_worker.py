"""The worker: it ends when it is asked to, also when its whole process group is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("second-portal")]


def test_a_worker_whose_whole_group_is_asked_to_end_ends(tmp_path: Path) -> None:
    environment = {**os.environ, "DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
        environment.pop(name, None)
    log = tmp_path / "worker.log"
    with log.open("w") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "smartersends", "worker", "--beat", "--loglevel", "INFO"],
            cwd=PROJECT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + 40
            while "ready." not in log.read_text() and time.monotonic() < deadline:
                time.sleep(0.2)
            os.killpg(worker.pid, signal.SIGTERM)
            code = worker.wait(30)
        finally:
            if worker.poll() is None:
                os.killpg(worker.pid, signal.SIGKILL)

    assert code == 0, log.read_text()
