"""Real programs of the portal in a run: Celery workers, `manage.py`, and a Redis of the run's own."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from tests.chaos.braze import PROJECT
from tests.chaos.run import Run

START_SECONDS: Final = 60.0
END_SECONDS: Final = 40.0


class Redis:
    """A Redis server on a port of its own that keeps nothing; it can be killed, and started again empty."""

    def __init__(self, program: str) -> None:
        self._program = program
        with contextlib.closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self._port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self._process = subprocess.Popen(
            [self._program, "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            time.sleep(0.02)
        raise AssertionError("Redis did not start.")

    def kill(self) -> None:
        """Kills it; whatever it held is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def a_redis() -> Iterator[Redis | None]:
    """Gives a Redis that was started, or nothing where the machine has none."""
    program = shutil.which("redis-server")
    if program is None:
        yield None
        return
    redis = Redis(program)
    redis.start()
    try:
        yield redis
    finally:
        redis.kill()


def environment_of(run: Run, redis_url: str) -> dict[str, str]:
    """Gives the environment of a program of the portal that works on a run."""
    parts = connection.settings_dict
    if connection.vendor == "sqlite":
        database = f"sqlite:///{run.database}"
    else:
        database = f"postgres://{parts['USER']}:{parts['PASSWORD']}@{parts['HOST']}:{parts['PORT']}/{run.database}"
    names = ("SEND_LEAD_SECONDS", "SEND_MARGIN_SECONDS", "BRAZE_PROPAGATION_SECONDS", "BRAZE_CONNECTIONS")
    return {
        **{name: value for name, value in os.environ.items() if name not in ("REDIS_URL", "CELERY_BROKER_URL")},
        **{name: str(getattr(settings, name)) for name in names},
        **({"REDIS_URL": redis_url} if redis_url else {}),
        "DATABASE_URL": database,
        "DATA_DIR": str(run.folder / "data"),
        "SECRET_KEY": settings.SECRET_KEY,
        "FIELD_ENCRYPTION_KEYS": ",".join(settings.FIELD_ENCRYPTION_KEYS),
        "BRAZE_ALLOW_INSECURE_ENDPOINTS": "true",
        "SWEEP_SECONDS": "2",
        "WORKER_CONCURRENCY": "1",
        "PYTHONPATH": str(PROJECT),
        "PYTHONUNBUFFERED": "1",
    }


class Program:
    """A running program in a process group of its own."""

    def __init__(self, run: Run, environment: Mapping[str, str], name: str, *arguments: str) -> None:
        self._log = run.folder / f"{name}.log"
        with self._log.open("w") as output:
            self._process: subprocess.Popen[Any] = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.in_time", str(run.clock.path), *arguments],
                cwd=PROJECT,
                env={**environment},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self._log.read_text()

    def wait_for(self, words: str) -> None:
        """Waits until it has printed something."""
        deadline = time.monotonic() + START_SECONDS
        while words not in self.said:
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise AssertionError(f"It did not say {words!r}:\n{self.said}")
            time.sleep(0.05)

    def wait(self) -> int:
        """Waits until it ends, and gives its exit code."""
        return self._process.wait(START_SECONDS)

    def end(self) -> int:
        """Asks it to end as an operator would, and gives its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(END_SECONDS)

    def kill(self) -> None:
        """Kills it and all that it has started."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def a_worker(run: Run, environment: Mapping[str, str], name: str) -> Iterator[Program]:
    """Starts a Celery worker with its beat, and waits until it takes tasks; kills it if it is not gone by itself."""
    beat = ("--beat", "--schedule", str(run.folder / f"{name}-beat"))
    worker = Program(run, environment, name, "celery", "-A", "smartersends", "worker", *beat, "--loglevel", "INFO")
    try:
        worker.wait_for("ready.")
        yield worker
    finally:
        worker.kill()


def manage(run: Run, environment: Mapping[str, str], *arguments: str) -> str:
    """Runs a command of the portal to its end, and gives what it printed."""
    command = Program(run, environment, f"manage-{arguments[0]}", str(Path(PROJECT) / "manage.py"), *arguments)
    code = command.wait()
    if code:
        raise AssertionError(f"manage.py {arguments} ended with {code}:\n{command.said}")
    return command.said
