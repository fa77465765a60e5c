"""How much of the allowed share is used, and whether Braze ever has to say 429: several workers, small windows."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from bench import Options, Result
from bench.client import a_sandbox, cpu_of
from braze_client import (
    SHARED,
    AsyncBrazeClient,
    CallRefused,
    Dispatcher,
    MemoryStore,
    Pacer,
    Pool,
    RedisStore,
    WindowStore,
    calls,
)

SHARE = 0.8
WINDOW_SECONDS = 2
LIMIT = 400
WINDOWS = 8
WORKERS = 3
LATENCY_MS = 50
CONNECTIONS = 16
STORE_VARIABLE = "REDIS_URL"


def run(options: Options) -> Result:
    """Let workers make calls as fast as they may for eight windows of 2 s and 400 calls, of which 80 % are ours.

    With ``REDIS_URL`` three processes share the windows in Redis, else one process counts them itself. ``throughput``
    is calls in a full window, ``bare_throughput`` what is allowed of it.
    """
    return asyncio.run(measure(options))


async def measure(options: Options) -> Result:
    """Run the workers against one sandbox and read off it what came in each window."""
    key, latency_ms = f"bench-{uuid4()}", LATENCY_MS if options.latency_ms is None else options.latency_ms
    connections = options.connections or CONNECTIONS
    redis_url = os.environ.get(STORE_VARIABLE, "")
    pool, started_cpu = a_pool(), time.process_time()
    switches = ("--shared-calls", str(LIMIT), "--shared-window-seconds", str(WINDOW_SECONDS))
    with a_sandbox(key, latency_ms, *switches) as (endpoint, process_id):
        sandbox_cpu, started = cpu_of(process_id), time.perf_counter()
        begin = pool.window_end(datetime.now(UTC)).timestamp() + WINDOW_SECONDS
        end = begin + WINDOWS * WINDOW_SECONDS
        if redis_url:
            counts = await as_processes(endpoint, key, connections, begin, end)
        else:
            counts = await work(endpoint, key, connections, begin, end, MemoryStore())
        async with httpx.AsyncClient(base_url=endpoint) as http:
            statuses = (await http.get("/ledger.json")).json()["statuses"]
        sandbox_share = (cpu_of(process_id) - sandbox_cpu) / (time.perf_counter() - started)
    made = counts[:-1]  # the last window ends with the workers
    return Result(
        name="pacing",
        n=sum(counts),
        unit="calls in a window",
        throughput=sum(made) / len(made),
        bare_throughput=pool.allowed,
        cpu_seconds=time.process_time() - started_cpu,
        sandbox_cpu_share=sandbox_share,
        more={
            "utilisation": sum(made) / len(made) / pool.allowed,
            "most_in_a_window": max(counts),
            "allowed_in_a_window": pool.allowed,
            "limit": LIMIT,
            "share": SHARE,
            "refused_with_429": int(statuses.get("429", 0)),
            "windows": len(made),
            "workers": WORKERS if redis_url else 1,
            "store": "redis" if redis_url else "memory",
            "latency_ms": latency_ms,
        },
    )


def a_pool() -> Pool:
    """Return the shared window with a small size, of which our share is 80 %."""
    return Pool(SHARED.name, LIMIT, WINDOW_SECONDS).with_share(SHARE)


async def as_processes(endpoint: str, key: str, connections: int, begin: float, end: float) -> list[int]:
    """Return the calls of each window, made by processes of their own."""
    arguments = [sys.executable, "-m", "bench.pacing", endpoint, key, str(connections), str(begin), str(end)]
    totals: Counter[int] = Counter()
    async with AsyncExitStack():
        workers = [
            await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE) for _ in range(WORKERS)
        ]
        for worker in workers:
            printed, _ = await worker.communicate()
            if worker.returncode:
                raise RuntimeError("a worker of the benchmark failed")
            totals.update({index: int(count) for index, count in enumerate(printed.split())})
    return [totals[index] for index in range(WINDOWS)]


async def work(endpoint: str, key: str, connections: int, begin: float, end: float, store: WindowStore) -> list[int]:
    """Return how many calls this worker began in each window; every call is one that Braze refuses, to do nothing."""
    pacer = Pacer(store, f"{endpoint}:{key}", share=SHARE, pools=(Pool(SHARED.name, LIMIT, WINDOW_SECONDS),))
    counts: Counter[int] = Counter()
    await asyncio.sleep(max(0.0, begin - time.time()))
    async with AsyncBrazeClient(endpoint, key, allow_insecure=True, max_connections=connections, pacer=pacer) as client:

        async def send(number: int) -> None:
            try:
                await client.send(calls.schedule_delete(f"schedule-{number}"), attempts=1)
            except CallRefused:
                answered = time.time()
                counts[int((answered - begin) // WINDOW_SECONDS)] += 1
                if answered >= end - WINDOW_SECONDS / 4:
                    dispatcher.stop()

        dispatcher = Dispatcher(send, connections)
        async for _, outcome in dispatcher.run(range(1_000_000)):
            if outcome is not None:
                raise outcome
    return [counts[index] for index in range(WINDOWS)]


if __name__ == "__main__":
    address, api_key, most, first, last = sys.argv[1:]
    shared = RedisStore.from_url(os.environ[STORE_VARIABLE], prefix="bench-window")
    found = asyncio.run(work(address, api_key, int(most), float(first), float(last), shared))
    sys.stdout.write(" ".join(map(str, found)) + "\n")
