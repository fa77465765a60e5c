"""The sandbox of a run: a process of its own, steered and read over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.sandbox_server import API_KEY

PROJECT: Final = Path(__file__).resolve().parent.parent.parent
MAIL_PATHS: Final = frozenset({"/messages/schedule/create", "/campaigns/trigger/send"})
MANY: Final = 1_000_000
QUIET_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Mail that Braze will send at `due`, if nobody withdraws it."""

    subject: str
    people: tuple[str, ...]
    due: float


@dataclass(frozen=True, slots=True)
class Record:
    """What the sandbox knows: mails by subject and person, what waits for its time, and all calls, oldest first."""

    mails: Counter[tuple[str, str]] = field(default_factory=Counter)
    sent_at: Mapping[tuple[str, str], float] = field(default_factory=dict)
    waiting: Sequence[Waiting] = ()
    calls: Sequence[Mapping[str, Any]] = ()

    def got(self, subject: str, person: str) -> int:
        """Gives how many mails somebody has got of a mailing, or will get."""
        coming = sum(person in one.people for one in self.waiting if one.subject == subject)
        return self.mails[subject, person] + coming

    def calls_of_mail(self) -> int:
        """Gives how many calls came that make mail; one that names nobody only asks for a permission."""
        names = ('"external_user_ids"', '"recipients"')
        return sum(call["path"] in MAIL_PATHS and any(name in call["request"] for name in names) for call in self.calls)


class Braze:
    """A running sandbox."""

    def __init__(self, url: str, process: subprocess.Popen[str]) -> None:
        self.url = url
        self._process = process
        self._line = HTTPConnection(urlsplit(url).netloc, timeout=10)

    def reset(self, ahead_seconds: float) -> None:
        """Forgets everything, and sets the clock."""
        self._ask("POST", "/sandbox/reset", {})
        self.put_on(ahead_seconds)

    def put_on(self, ahead_seconds: float) -> None:
        """Sets how far the clock is ahead of the machine's; what comes due by that is delivered."""
        self._ask("POST", "/sandbox/clock", {"ahead_seconds": ahead_seconds})

    def fail(self, path: str, kind: int | str, **fault: float | str) -> None:
        """Arms a fault (see `braze_client.sandbox.options.Fault`)."""
        self._ask(
            "POST", "/sandbox/faults", {"path": path, "status" if isinstance(kind, int) else "kind": kind, **fault}
        )

    def mend(self) -> None:
        """Disarms all faults."""
        self._ask("DELETE", "/sandbox/faults")

    def calls(self) -> Counter[str]:
        """Gives how many calls came, by path."""
        return Counter(self._ask("GET", "/ledger.json")["calls"])

    def record(self) -> Record:
        """Reads everything, once what is due was delivered."""
        deadline = time.monotonic() + QUIET_SECONDS
        while True:
            standing = self._ask("GET", "/sandbox/schedules")
            is_due = any(one["due"] <= standing["now"] for one in standing["schedules"])
            if not is_due and not standing["is_delivering"]:
                break
            if time.monotonic() > deadline:
                raise AssertionError("The sandbox did not deliver what is due.")
            time.sleep(0.01)
        messages = self._ask("GET", "/inbox.json?limit=100000")["messages"]
        return Record(
            mails=Counter((one["subject"], one["external_id"]) for one in messages),
            sent_at={(one["subject"], one["external_id"]): _epoch(one["sent_at"]) for one in messages},
            waiting=[Waiting(one["subject"], tuple(one["people"]), one["due"]) for one in standing["schedules"]],
            calls=self._ask("GET", "/sandbox/calls")["calls"][::-1],
        )

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        content = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        for attempt in (1, 2):
            try:
                self._line.request(method, path, content, headers)
                answer = self._line.getresponse()
                data = answer.read()
                break
            except (HTTPException, ConnectionError):
                # An idle line may have been closed in between.
                self._line.close()
                if attempt == 2:
                    raise
        if answer.status >= 400:
            raise AssertionError(f"The sandbox refused {method} {path} {body}: {data.decode()}")
        found: dict[str, Any] = json.loads(data)
        return found

    def close(self) -> None:
        """Ends the process."""
        self._line.close()
        self._process.kill()
        self._process.communicate()


@contextmanager
def a_braze() -> Iterator[Braze]:
    """Starts a sandbox on a free port and ends it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "braze_client.sandbox", "--port", "0", "--api-key", API_KEY),
            *("--no-engagement", "--permissions", "portal", "--recorded-calls", "5000"),
        ],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    braze = Braze(process.stdout.readline().split()[3], process)
    try:
        yield braze
    finally:
        braze.close()


def _epoch(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
