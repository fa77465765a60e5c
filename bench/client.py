"""How much the client costs: schedule/create in bulk, beside a bare loop over the same transport."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import uuid4

import httpx

from bench import Options, Result
from braze_client import RECIPIENTS_PER_CALL, Accepted, AsyncBrazeClient, Call, Dispatcher, Email, Schedule, calls
from braze_client.limits import BODY_BYTES, encoded
from braze_client.redact import Secret
from braze_client.transport import async_client

RECIPIENTS = 200_000
LATENCY_MS = 50
CONNECTIONS = 64
CALLS_PER_ROUND = 1000
WARM_UP_CALLS = 64
START_SECONDS = 20.0
SANDBOX_SHARE = 0.7
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1024 / 1024
PATH = "/messages/schedule/create"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Spent:
    """What one side of the comparison has used so far."""

    people: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    sandbox_cpu_seconds: float = 0.0


def run(options: Options) -> Result:
    """Send ``recipients`` people in calls of 50 by the dispatcher and as many by a bare loop, in turns.

    Ours makes each call from its values, checks it, encodes it, and reads the answer; the bare loop posts bodies that
    were prepared before its clock started and looks at the status alone.
    """
    return asyncio.run(compare(options))


async def compare(options: Options) -> Result:
    """Run both sides against one sandbox process."""
    recipients = options.calls * RECIPIENTS_PER_CALL if options.calls else options.recipients or RECIPIENTS
    connections = options.connections or CONNECTIONS
    latency_ms = LATENCY_MS if options.latency_ms is None else options.latency_ms
    key = f"bench-{uuid4()}"
    ours, bare = Spent(), Spent()
    with a_sandbox(key, latency_ms) as (endpoint, process_id):
        async with (
            AsyncBrazeClient(endpoint, key, allow_insecure=True, max_connections=connections) as client,
            async_client(endpoint, Secret(key), connections, None) as http,
        ):
            await send_ours(client, people(WARM_UP_CALLS * RECIPIENTS_PER_CALL), connections)
            await send_bare(http, bodies(people(WARM_UP_CALLS * RECIPIENTS_PER_CALL)), connections)
            resident_mb: list[float] = []
            for number, size in enumerate(rounds(recipients)):
                for side in (ours, bare) if number % 2 == 0 else (bare, ours):
                    prepared = bodies(people(size)) if side is bare else []
                    sandbox_cpu, cpu, started = cpu_of(process_id), time.process_time(), time.perf_counter()
                    if side is bare:
                        await send_bare(http, prepared, connections)
                    else:
                        await send_ours(client, people(size), connections)
                    side.seconds += time.perf_counter() - started
                    side.cpu_seconds += time.process_time() - cpu
                    side.sandbox_cpu_seconds += cpu_of(process_id) - sandbox_cpu
                    side.people += size
                    if side is ours:
                        prepared.clear()
                        resident_mb.append(memory_of(os.getpid()))
    return Result(
        name="client",
        n=recipients,
        unit="recipients/s",
        throughput=ours.people / ours.seconds,
        bare_throughput=bare.people / bare.seconds,
        cpu_seconds=ours.cpu_seconds,
        sandbox_cpu_share=ours.sandbox_cpu_seconds / ours.seconds,
        more={
            "cpu_ms_per_call": 1000 * ours.cpu_seconds / (ours.people / RECIPIENTS_PER_CALL),
            "bare_cpu_ms_per_call": 1000 * bare.cpu_seconds / (bare.people / RECIPIENTS_PER_CALL),
            "calls": -(-recipients // RECIPIENTS_PER_CALL),
            "calls_per_second": ours.people / RECIPIENTS_PER_CALL / ours.seconds,
            "bare_calls_per_second": bare.people / RECIPIENTS_PER_CALL / bare.seconds,
            "ceiling_calls_per_second": 1000 * connections / latency_ms if latency_ms else 0,
            "counts": "yes"
            if ours.sandbox_cpu_seconds / ours.seconds < SANDBOX_SHARE
            else "no: the sandbox was the limit",
            "warm_rss_mb": resident_mb[min(1, len(resident_mb) - 1)],
            "last_rss_mb": resident_mb[-1],
            "connections": connections,
            "latency_ms": latency_ms,
        },
    )


def rounds(recipients: int) -> Iterator[int]:
    """Yield the people of each round, so that noise of the machine meets both sides and memory stays flat."""
    most = CALLS_PER_ROUND * RECIPIENTS_PER_CALL
    while recipients > 0:
        yield min(most, recipients)
        recipients -= most


def people(count: int) -> Iterator[Call[Accepted]]:
    """Yield the calls that schedule one email of 20 KB to ``count`` people in a month."""
    now = datetime.now(UTC)
    schedule = Schedule(now + timedelta(days=30))
    email = Email(
        app_id="bench-app",
        subject="A table for two on Friday",
        from_="Northwind Coffee <hello@northwind.example>",
        body="<html><body>" + "<p>Come in and taste the new roast.</p>" * 500 + "</body></html>",
        message_variation_id="bench-variation",
    )
    for first in range(0, count, RECIPIENTS_PER_CALL):
        yield calls.schedule_create(
            external_user_ids=[f"person-{number}" for number in range(first, min(first + RECIPIENTS_PER_CALL, count))],
            schedule=schedule,
            email=email,
            campaign_id="bench-campaign",
            now=now,
        )


def bodies(prepared: Iterator[Call[Accepted]]) -> list[bytes]:
    """Return the very bodies that the client would post."""
    return [encoded(call.body, BODY_BYTES, "B-HTTP-8", "the request") for call in prepared]


async def send_ours(client: AsyncBrazeClient, made: Iterator[Call[Accepted]], connections: int) -> None:
    """Send the calls by the client; the first that fails ends the benchmark."""
    async for _, outcome in Dispatcher[Call[Accepted], Accepted](client.send, connections).run(made):
        if not isinstance(outcome, Accepted):
            raise outcome


async def send_bare(http: httpx.AsyncClient, prepared: list[bytes], connections: int) -> None:
    """Post the bodies with as many plain loops as there are connections."""
    source = iter(prepared)

    async def post() -> None:
        for body in source:
            response = await http.post(PATH, content=body, headers={"content-type": "application/json"})
            response.raise_for_status()

    await asyncio.gather(*(post() for _ in range(connections)))


@contextmanager
def a_sandbox(key: str, latency_ms: int, *more: str) -> Iterator[tuple[str, int]]:
    """Start a sandbox process on a free port, give its address and process id, and end it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "braze_client.sandbox", "--port", str(port), "--api-key", key]
    command += ["--latency-ms", str(latency_ms), "--recorded-calls", "0", *more]
    with (
        tempfile.TemporaryFile() as words,
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=words) as process,
    ):
        try:
            wait_until_open(process, port, words)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_open(process: subprocess.Popen[bytes], port: int, words: IO[bytes]) -> None:
    """Wait until the sandbox listens; raises with its own words when it ends instead."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            words.seek(0)
            raise RuntimeError(f"The sandbox did not start: {words.read().decode(errors='replace')}")
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The sandbox does not listen on port {port} after {START_SECONDS:.0f} seconds.")


def memory_of(process_id: int) -> float:
    """Return the resident memory of a process in MB, 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process_id}/statm").read_text().split()[1]) * PAGE_MB
    except OSError:
        return 0.0


def cpu_of(process_id: int) -> float:
    """Return the CPU seconds that a process has used, 0 where the system does not tell (no ``/proc``)."""
    try:
        fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
