"""The fault matrix: both clients make every call against a local Braze with one fault armed, over HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from braze_client import AsyncBrazeClient, BrazeClient, BrazeError, Call, retrying
from braze_client.sandbox import SandboxOptions
from braze_client.sandbox.audiences import DEFAULT_SEGMENTS
from braze_client.sandbox.options import Fault as ArmedFault
from tests.braze_client.builders import CAMPAIGN_ID, SCHEDULE_ID, SEGMENT_ID
from tests.braze_client.every_call import EVERY_CALL, SEND_ID
from tests.braze_client.sandbox.builders import EVERYTHING
from tests.contract.faults import ATTEMPTS, FAULTS, KINDS, Fault, Kind, Report, When, expected
from tests.sandbox_server import API_KEY, RunningSandbox, running_sandbox

READ_SECONDS = 20.0
SHORT_READ_SECONDS = 0.5
HOLD_SECONDS = 1.0
HANGING = frozenset({"no answer", "acted, no answer"})


@dataclass(frozen=True, slots=True)
class Desk:
    """A local Braze that all cells use in turn, and both clients for it and for an address where nobody listens."""

    braze: RunningSandbox
    single: dict[bool, BrazeClient]
    bulk: dict[bool, AsyncBrazeClient]
    runner: asyncio.Runner

    def attempt(self, call: Call[object], *, is_answered: bool, is_bulk: bool) -> str:
        """Returns `ok`, or the name of the error that the caller sees."""
        try:
            if is_bulk:
                self.runner.run(self.bulk[is_answered].send(call, ATTEMPTS))
            else:
                self.single[is_answered].send(call, ATTEMPTS)
        except BrazeError as error:
            return type(error).__name__
        return "ok"


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """Gives the desk of this process."""
    options = SandboxOptions(api_key=API_KEY, permissions=EVERYTHING, has_engagement=False)
    with running_sandbox(options) as braze, asyncio.Runner() as runner:
        urls = {True: braze.url, False: closed_port()}
        single = {key: BrazeClient(url, API_KEY, allow_insecure=True) for key, url in urls.items()}
        bulk = {key: AsyncBrazeClient(url, API_KEY, allow_insecure=True) for key, url in urls.items()}
        yield Desk(braze, single, bulk, runner)
        for one in single.values():
            one.close()
        for many in bulk.values():
            runner.run(many.aclose())


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets repetitions come at once."""
    monkeypatch.setattr(retrying, "FIRST_WAIT_SECONDS", 0.0)


def test_every_call_has_a_row_and_every_row_a_call() -> None:
    assert set(KINDS) == set(EVERY_CALL)


@pytest.mark.contract("B-RETRY-1", "B-RETRY-3", "B-ERR-1")
@pytest.mark.parametrize("is_bulk", [False, True], ids=["single", "bulk"])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("name", KINDS)
def test_the_client_reports_what_the_table_says(name: str, fault: Fault, is_bulk: bool, desk: Desk) -> None:
    braze = desk.braze
    # Only where no answer comes is the patience short: a busy machine must not look like a silent Braze.
    patience = SHORT_READ_SECONDS if fault.name in HANGING else READ_SECONDS
    call = replace(prepared(name, desk), timeout_seconds=patience)
    arm(fault, call, braze)
    enqueued, asked = braze.state.queued, braze.calls(call.path)

    outcome = desk.attempt(call, is_answered=fault.arm is not None, is_bulk=is_bulk)

    requests = braze.calls(call.path) - asked if fault.arm is not None else ATTEMPTS
    kind = KINDS[name]
    assert Report(outcome, requests) == expected(kind, fault)
    if kind is Kind.MAIL:
        assert braze.state.queued - enqueued == (1 if outcome == "ok" or fault.when is When.AFTER else 0)


def prepared(name: str, desk: Desk) -> Call[object]:
    """Returns the call, for a Braze that has all that it names: a segment, a send ID, a waiting schedule."""
    state, now = desk.braze.state, datetime.now(UTC)
    state.reset()
    state.faults.clear()
    state.segments[SEGMENT_ID] = replace(DEFAULT_SEGMENTS[0], segment_id=SEGMENT_ID)
    state.send_ids[(SEND_ID, CAMPAIGN_ID)] = now.timestamp()
    maker = "trigger_schedule_create" if name.startswith("trigger") else "schedule_create"
    if KINDS[name] in (Kind.MOVES, Kind.WITHDRAWS):
        desk.single[True].send(EVERY_CALL[maker](now))
        (waiting,) = state.schedules.values()
        waiting.schedule_id = SCHEDULE_ID
        state.schedules[SCHEDULE_ID] = waiting
    if name.startswith("campaign_"):
        desk.single[True].send(EVERY_CALL["schedule_create"](now))
    return EVERY_CALL[name](now)


def arm(fault: Fault, call: Call[object], braze: RunningSandbox) -> None:
    """Lets the next call to the endpoint meet the fault."""
    if fault.arm is not None:
        kind = fault.arm.get("status", fault.arm.get("kind"))
        armed = ArmedFault(path=call.path, kind=kind, hold_seconds=HOLD_SECONDS)  # type: ignore[arg-type]
        braze.state.faults.append(armed)


def closed_port() -> str:
    """Returns an address of this machine at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
