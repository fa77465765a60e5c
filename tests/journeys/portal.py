"""The whole portal as `make run` starts it, on free ports and with data of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

PROJECT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 90
END_SECONDS = 30


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """A portal and its sandbox; `process` is the one that a person would end with Ctrl-C."""

    url: str
    sandbox_url: str
    process: subprocess.Popen[str]
    environment: dict[str, str]

    def ledger(self) -> Any:
        """Gives what the sandbox counted: calls by path, messages by external ID."""
        return self._json("/ledger.json")

    def inbox(self, *, limit: int) -> list[dict[str, Any]]:
        """Gives the newest messages of the sandbox's inbox, with their bodies."""
        messages: list[dict[str, Any]] = self._json(f"/inbox.json?limit={limit}&bodies=true")["messages"]
        return messages

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the portal as an operator would."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    def _json(self, path: str) -> Any:
        with urlopen(f"{self.sandbox_url}{path}", timeout=20) as answer:
            return json.load(answer)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where a portal and its sandbox listen; the demo data names both."""

    portal: int
    sandbox: int


def free_ports() -> Ports:
    """Gives two ports that nothing listens on."""
    return Ports(_free_port(), _free_port())


def build_demo(folder: Path, ports: Ports) -> None:
    """Fills a data folder as the first start of a portal on these ports does, so that copies of it start sooner."""
    environment = _environment(folder, ports)
    mail = str(folder / "braze_mail.html")
    for command in (("migrate", "--verbosity", "0"), ("demo_data", "--braze-mail", mail, "--fresh-sandbox")):
        subprocess.run([sys.executable, "manage.py", *command], cwd=PROJECT, env=environment, check=True)


def move_demo(folder: Path, ports: Ports) -> None:
    """Lets the demo data in a copied folder name the sandbox of these ports."""
    file = folder / "portal.sqlite3"
    if file.exists():
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("UPDATE groups_workspace SET endpoint = ?", [f"http://127.0.0.1:{ports.sandbox}"])


@contextmanager
def running_portal(folder: Path, ports: Ports | None = None) -> Iterator[RunningPortal]:
    """Starts the portal by `python -m smartersends.run` and ends it by Ctrl-C; nothing of it is left behind."""
    ports = ports or free_ports()
    environment = _environment(folder, ports)
    with _own_database(environment):
        log = (folder / "run.log").open("w")
        process = subprocess.Popen(
            [sys.executable, "-m", "smartersends.run"],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            url = f"http://127.0.0.1:{ports.portal}"
            _wait_until_ready(f"{url}/readyz", process, folder / "run.log")
            yield RunningPortal(url, f"http://127.0.0.1:{ports.sandbox}", process, environment)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(END_SECONDS)
            log.close()


def _environment(folder: Path, ports: Ports) -> dict[str, str]:
    return {
        **os.environ,
        "PORT": str(ports.portal),
        "SANDBOX_PORT": str(ports.sandbox),
        "DATA_DIR": str(folder),
        "SWEEP_SECONDS": "2",
        "REPORT_SECONDS": "3",
        "SEND_LEAD_SECONDS": "20",
        "SEND_MARGIN_SECONDS": "5",
        "PUBLIC_URL": f"http://127.0.0.1:{ports.portal}",
        "DEMO_BRAZE_ENDPOINT": f"http://127.0.0.1:{ports.sandbox}",
        "BRAZE_ALLOW_INSECURE_ENDPOINTS": "true",
        "PYTHONPATH": str(PROJECT),
    }


def processes_of(environment: dict[str, str]) -> list[int]:
    """Gives the ids of running processes that carry this data folder in their environment."""
    mark = f"DATA_DIR={environment['DATA_DIR']}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and mark in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(address: str, process: subprocess.Popen[str], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"The portal did not start:\n{log.read_text()}")


@contextmanager
def _own_database(environment: dict[str, str]) -> Iterator[None]:
    """Makes a database of its own on the PostgreSQL server of the tests; SQLite lives in the data folder."""
    address = environment.get("DATABASE_URL", "")
    if not address.startswith("postgres"):
        yield
        return
    import psycopg

    name = f"journey_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    environment["DATABASE_URL"] = address.rsplit("/", 1)[0] + f"/{name}"
    try:
        yield
    finally:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
