"""`make run`: the whole portal on one machine: demo data, a local Braze, a worker with its clock, the pages."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
PATIENCE_SECONDS = 15.0
LOOK_SECONDS = 0.2
SUBJECT = "{{api_trigger_properties.${subject_text}}}"


def main() -> int:
    """Prepares everything, starts the three processes and waits; Ctrl-C ends all of them."""
    port, sandbox_port = _ports()
    if port is None or sandbox_port is None:
        return 2
    for name, number in (("PORT", port), ("SANDBOX_PORT", sandbox_port)):
        if not _is_free(number):
            print(
                f"Port {number} is taken by another program. Choose a free one: {name}=<number> make run",
                file=sys.stderr,
            )
            return 1
    environment = _environment(port, sandbox_port)
    data = Path(environment.setdefault("DATA_DIR", str(BASE_DIR / "data")))
    data.mkdir(parents=True, exist_ok=True)
    mail, braze = data / "braze_mail.html", data / "sandbox.sqlite3"
    demo = ["demo_data", "--braze-mail", str(mail), *([] if braze.exists() else ["--fresh-sandbox"])]
    for command in (["migrate", "--verbosity", "0"], demo):
        done = subprocess.run([sys.executable, "manage.py", *command], cwd=BASE_DIR, env=environment, check=False)
        if done.returncode:
            print(f"`manage.py {command[0]}` did not end well; see above.", file=sys.stderr)
            return done.returncode
    return _run(environment, port, sandbox_port, mail, braze)


def _ports() -> tuple[int | None, int | None]:
    numbers: list[int | None] = []
    for name, default in (("PORT", "8000"), ("SANDBOX_PORT", "8001")):
        text = os.environ.get(name) or default
        if text.isascii() and text.isdigit() and 0 < int(text) < 65_536:
            numbers.append(int(text))
        else:
            print(f"{name} is {text!r}, which is no port number. Use a number from 1 to 65535.", file=sys.stderr)
            numbers.append(None)
    return numbers[0], numbers[1]


def _is_free(port: int) -> bool:
    """Tells whether a port can be listened on; addresses still closing from an earlier run count as free."""
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _environment(port: int, sandbox_port: int) -> dict[str, str]:
    """Gives the environment of all processes: the demo's short times, unless somebody has set others."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": "smartersends.settings",
        "PYTHONPATH": str(BASE_DIR),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "DEFAULT_BRAND": "northwind",
        "DEMO_BRAZE_ENDPOINT": f"http://{HOST}:{sandbox_port}",
        "DEMO_BRAZE_API_KEY": "sandbox-key-northwind",
        "BRAZE_ALLOW_INSECURE_ENDPOINTS": "true",
        "SEND_LEAD_SECONDS": "20",
        "SEND_MARGIN_SECONDS": "5",
        "TEST_LEAD_SECONDS": "12",
        "BRAZE_PROPAGATION_SECONDS": "0",
        "SWEEP_SECONDS": "5",
        "REPORT_SECONDS": "15",
        "ROLL_UP_SECONDS": "30",
        "ROLL_UP_EVERY_MINUTES": "10",
        "PYTHONUNBUFFERED": "1",
        # Celery warns root at length on every start; a demo in a container is often root.
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
    }
    return {**defaults, **os.environ}


def _run(environment: dict[str, str], port: int, sandbox_port: int, mail: Path, braze: Path) -> int:
    """Runs the processes side by side until one ends or a person ends them."""
    key = environment["DEMO_BRAZE_API_KEY"]
    sandbox = ["-m", "braze_client.sandbox", "--port", str(sandbox_port), "--api-key", key]
    sandbox += ["--permissions", "portal", "--state", str(braze)]
    with Side(environment) as side:
        side.start("sandbox", *sandbox, "--trigger-body", str(mail), "--trigger-subject", SUBJECT)
        side.start("worker", "-m", "celery", "--quiet", "-A", "smartersends", "worker", "--beat", "-l", "WARNING")
        side.start(
            "portal",
            *("-m", "gunicorn", "smartersends.wsgi", "--bind", f"{HOST}:{port}", "--log-level", "warning"),
            *("--worker-class", "gthread", "--threads", "8"),
        )
        if side.wait_for(port, sandbox_port):
            print(
                f"\n  Portal         http://{HOST}:{port}/"
                f"\n  Another brand  http://harbor.localhost:{port}/"
                f"\n  Inbox          http://{HOST}:{sandbox_port}/inbox   what each recipient would have got"
                "\n  Ctrl-C ends all of it.\n",
                flush=True,
            )
        return side.wait()


class Side:
    """Processes side by side: each line that one prints carries its name, and when one ends all are ended.

    Only a process itself is asked to end, never its children: a worker whose pool is told to end at the same moment
    cannot finish what it has in hand. What is left after `PATIENCE_SECONDS` is killed with its children.
    """

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._processes: dict[str, subprocess.Popen[str]] = {}
        # A plain flag: a signal that comes while the main thread holds the lock of an Event would wait for ever.
        self._is_asked_to_end = False

    def start(self, name: str, *arguments: str) -> None:
        """Starts `python ARGUMENTS` in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=BASE_DIR,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._processes[name] = process
        threading.Thread(target=_echo, args=(name, process), daemon=True).start()

    def wait_for(self, *ports: int) -> bool:
        """Waits until something answers at each port; tells whether it came to that."""
        while not self._is_asked_to_end:
            time.sleep(LOOK_SECONDS)
            if any(process.poll() is not None for process in self._processes.values()):
                return False
            if not any(_is_free(port) for port in ports):
                return True
        return False

    def wait(self) -> int:
        """Waits for Ctrl-C or SIGTERM, which is 0, or for a process that ends by itself, which is an error."""
        while not self._is_asked_to_end:
            time.sleep(LOOK_SECONDS)
            for name, process in self._processes.items():
                if process.poll() is not None:
                    print(f"{name} ended by itself; ending the others.", file=sys.stderr)
                    return process.returncode or 1
        return 0

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_end)
        return self

    def _ask_to_end(self, *_: object) -> None:
        self._is_asked_to_end = True

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE_SECONDS
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _echo(name: str, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        print(f"{name:8}| {line}", end="", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
