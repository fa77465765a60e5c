"""The sandbox as a process of its own, over real HTTP on the loopback."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.braze_client.sandbox.builders import KEY, a_person, an_email

pytestmark = pytest.mark.processes
COMMAND = [sys.executable, "-m", "braze_client.sandbox", "--api-key", KEY, "--no-engagement", "--permissions", "portal"]


@contextmanager
def a_process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[3]
        headers = {"Authorization": f"Bearer {KEY}"}
        with httpx.Client(base_url=address, headers=headers, trust_env=False, timeout=10) as client:
            yield process, client
    finally:
        process.kill()
        process.communicate()


def test_a_schedule_is_delivered_by_itself_when_its_time_comes(tmp_path: Path) -> None:
    body = tmp_path / "mirror.html"
    body.write_text("<h1>{{api_trigger_properties.${headline}}}</h1>", encoding="utf-8")
    with a_process("--trigger-body", str(body), "--trigger-subject", "T", "--trigger-campaign-id", "t") as (_, client):
        client.post("/users/track", json={"attributes": [a_person()]})
        soon = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat()
        schedule = {"external_user_ids": ["C1"], "schedule": {"time": soon}, "messages": {"email": an_email()}}

        made = client.post("/messages/schedule/create", json=schedule)
        sent = client.post(
            "/campaigns/trigger/send",
            json={
                "campaign_id": "t",
                "recipients": [{"external_user_id": "C1"}],
                "trigger_properties": {"headline": "Hi"},
            },
        )
        deadline = time.monotonic() + 10
        while (inbox := client.get("/inbox.json?bodies=true").json())["total"] < 2 and time.monotonic() < deadline:
            time.sleep(0.05)

    assert (made.status_code, sent.status_code) == (201, 201)
    assert [(one["subject"], one["body"]) for one in inbox["messages"]] == [
        ("For Name1", "<p>Hello Name1</p>"),
        ("T", "<h1>Hi</h1>"),
    ]


def test_latency_delays_each_answer_and_blocks_no_other() -> None:
    with a_process("--latency-ms", "300") as (_, client), ThreadPoolExecutor(8) as threads:
        client.get("/ledger.json")
        started = time.monotonic()

        statuses = list(threads.map(lambda _: client.get("/segments/list").status_code, range(8)))
        seconds = time.monotonic() - started

    assert statuses == [200] * 8
    assert 0.3 <= seconds < 1.5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_quietly_even_while_a_caller_hangs(number: signal.Signals) -> None:
    with a_process() as (process, client), ThreadPoolExecutor(1) as threads:
        client.post("/sandbox/faults", json={"path": "/segments/list", "kind": "timeout"})
        hanging = threads.submit(client.get, "/segments/list")
        time.sleep(0.3)
        started = time.monotonic()

        process.send_signal(number)
        _, errors = process.communicate(timeout=10)

        assert (process.returncode, errors) == (0, "")
        assert time.monotonic() - started < 2
        assert isinstance(hanging.exception(timeout=10), httpx.TransportError) or hanging.result().status_code == 500


def test_accepted_and_dropped_calls_end_without_a_byte_of_answer() -> None:
    with a_process() as (_, client):
        client.post("/sandbox/faults", json={"path": "/users/track", "kind": "accept_then_drop"})

        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            client.post("/users/track", json={"attributes": [a_person()]})

        assert client.get("/ledger.json").json()["profiles"] == 1


def test_a_taken_port_is_one_sentence_and_exit_code_1() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith(f"The sandbox cannot listen on 127.0.0.1:{port} (")
    assert done.stderr.count("\n") == 1 and "--port" in done.stderr


def test_it_refuses_an_address_that_others_can_reach_unless_told() -> None:
    refused = subprocess.run([*COMMAND, "--port", "0", "--host", "0.0.0.0"], capture_output=True, text=True, timeout=30)

    with a_process("--host", "0.0.0.0", "--allow-remote") as (_, client):
        assert client.get(f"http://127.0.0.1:{client.base_url.port}/inbox").status_code == 200
    assert refused.returncode == 1
    assert "--allow-remote" in refused.stderr


def test_a_killed_sandbox_delivers_after_its_restart_what_it_had_accepted(tmp_path: Path) -> None:
    state = ("--state", str(tmp_path / "state.sqlite3"))
    with a_process(*state) as (process, client):
        client.post("/users/track", json={"attributes": [a_person()]})
        soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        schedule = {"external_user_ids": ["C1"], "schedule": {"time": soon}, "messages": {"email": an_email()}}
        made = client.post("/messages/schedule/create", json=schedule)
        process.kill()
        process.wait(timeout=10)
    time.sleep(1.1)

    with a_process(*state) as (_, client):
        inbox = client.get("/inbox.json").json()
        ledger = client.get("/ledger.json").json()

    assert inbox["total"] == 1
    assert inbox["messages"][0]["schedule_id"] == made.json()["schedule_id"]
    assert [one["state"] for one in ledger["schedules"]] == ["sent"]


def test_a_state_file_of_somebody_else_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Not a database, only some words that somebody wrote down. " * 40)

    done = subprocess.run([*COMMAND, "--port", "0", "--state", str(path)], capture_output=True, text=True, timeout=30)

    assert done.returncode == 1
    assert "no state file of the sandbox" in done.stderr
    assert path.read_text().startswith("Not a database")
