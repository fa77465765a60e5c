"""The compose file as Docker reads it, and its services as processes of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent.parent
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?::(?P<kind>[-?])(?P<word>[^}]*))?\}")


class Unset(Exception):
    """A variable that the compose file demands, and that nobody has set."""


def read(variables: Mapping[str, str]) -> dict[str, Any]:
    """Gives the compose file with its variables filled in; raises `Unset` with the sentence of one that is demanded."""

    def filled(value: Any) -> Any:
        match value:
            case str():
                return VARIABLE.sub(one, value).replace("$$", "$")
            case dict():
                return {name: filled(inner) for name, inner in value.items()}
            case list():
                return [filled(inner) for inner in value]
            case _:
                return value

    def one(found: re.Match[str]) -> str:
        given = variables.get(found["name"], "")
        if not given and found["kind"] == "?":
            raise Unset(f"{found['name']}: {found['word']}")
        return given or (found["word"] or "")

    compose: dict[str, Any] = filled(yaml.safe_load((PROJECT / "docker-compose.yml").read_text(encoding="utf-8")))
    return compose


def image() -> tuple[dict[str, str], list[str]]:
    """Gives the environment and the command of the image, as the last stage of the Dockerfile has them."""
    text = (PROJECT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    stage = text[text.rindex("\nFROM ") :].splitlines()
    environment = dict(
        pair.split("=", 1) for line in stage if line.startswith("ENV ") for pair in line.removeprefix("ENV ").split()
    )
    (command,) = [json.loads(line.removeprefix("CMD ")) for line in stage if line.startswith("CMD ")]
    return environment, command


@dataclass(slots=True)
class Services:
    """The services of the compose file as processes; each can be killed and started again."""

    commands: dict[str, list[str]]
    environments: dict[str, dict[str, str]]
    folder: Path
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Starts a service in a process group of its own; its output is added to its log."""
        program, *arguments = self.commands[name]
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [str(Path(sys.executable).parent / program), *arguments],
                cwd=PROJECT,
                env=self.environments[name],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self._running[name]

    def run(self, name: str) -> int:
        """Starts a service that ends by itself, and gives its exit code."""
        code = self.start(name).wait(120)
        del self._running[name]
        return code

    def kill(self, name: str) -> None:
        """Kills a service with all its processes, as a machine that goes dark would."""
        process = self._running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def tend(self) -> None:
        """Starts what has ended by itself, as `restart: unless-stopped` does; a worker may end when Redis is gone."""
        for name, process in list(self._running.items()):
            if process.poll() is not None:
                self.start(name)

    def is_running(self, name: str) -> bool:
        """Tells whether a service still runs."""
        return self._running[name].poll() is None

    def said(self, name: str) -> str:
        """Gives all that a service has printed."""
        return self._log(name).read_text(encoding="utf-8")

    def end(self) -> dict[str, int]:
        """Asks all to end, and gives their exit codes."""
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + 20
        codes = {}
        for name, process in self._running.items():
            with contextlib.suppress(subprocess.TimeoutExpired):
                codes[name] = process.wait(max(0.1, deadline - time.monotonic()))
        return codes

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


@contextmanager
def services(
    variables: Mapping[str, str], folder: Path, *, replaced: Mapping[str, str], own: Mapping[str, Mapping[str, str]]
) -> Iterator[Services]:
    """Gives the services of the compose file as processes, not started yet; whatever runs at the end is killed.

    `variables` are those of the operator's `.env`, which containers get as well. `replaced` puts what is here in the
    place of what is in the containers (addresses, folders) in commands and environments; `own` are settings of one
    service, which each container has by its own network.
    """
    from_image, command = image()
    compose = read(variables)
    commands, environments = {}, {}
    # Tests may run as root, which the image never does, and Celery would warn of it at length.
    machine = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "HOME": str(folder),
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",
    }
    for name, service in compose["services"].items():
        if service.get("image") != "smartersends":
            continue
        environment = {**from_image, **variables, **service["environment"]}
        here = {**{key: _replaced(value, replaced) for key, value in environment.items()}, **own.get(name, {})}
        commands[name] = [_replaced(part, replaced) for part in service.get("command", command)]
        environments[name] = {**here, **machine}
    found = Services(commands, environments, folder)
    try:
        yield found
    finally:
        for name in list(found._running):
            found.kill(name)


def _replaced(text: str, replaced: Mapping[str, str]) -> str:
    for there, here in replaced.items():
        text = text.replace(there, here)
    return text
