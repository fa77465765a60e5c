"""How much of a small window of users.track two workers use, what contacts cost, and whether 429 ever comes."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import httpx

from bench import Options, Result
from bench.client import a_sandbox, cpu_of
from bench.delivery.children import Child
from bench.delivery.place import own_place
from braze_client import OBJECTS_PER_TRACK_CALL, TRACK
from braze_client.pacing import Pool

if TYPE_CHECKING:
    from groups.models import Audience, Workspace

LIMIT: Final = 300
WINDOWS: Final = 8
WORKERS: Final = 2
LATENCY_MS: Final = 50
WANTED: Final = 0.8


def run(options: Options) -> Result:
    """Lets two processes bring new contacts to the local Braze for eight windows of 3 s and 300 calls.

    Each call brings 75 contacts. `throughput` is calls in a window, `bare_throughput` what a window allows; `ratio` is
    wanted to be 0.8 at least. The CPU of the workers is given by thousand contacts. With ``REDIS_URL`` the window
    stands in Redis, else in the database.
    """
    latency_ms = LATENCY_MS if options.latency_ms is None else options.latency_ms
    rows = options.rows or LIMIT * OBJECTS_PER_TRACK_CALL * (WINDOWS + 1)
    with own_place() as database:
        import django

        django.setup()
        return _measured(database, rows, latency_ms)


def a_window() -> Pool:
    """Gives the small window."""
    return Pool(TRACK.name, LIMIT, TRACK.window_seconds)


def _measured(database: str, rows: int, latency_ms: int) -> Result:
    from django.core.management import call_command
    from django.db import connection

    from bench.audience import values_of
    from bench.audience.filling import write_contacts
    from groups.models import Contact, SyncState, Workspace

    call_command("migrate", verbosity=0)
    workspace, audience = _a_workspace()
    write_contacts(connection, workspace.brand, audience, rows, values_of, state=SyncState.PENDING)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if database == "postgresql" else "ANALYZE")
    key = f"bench-{uuid4()}"
    switches = ("--no-engagement", "--track-calls", str(LIMIT))
    with a_sandbox(key, latency_ms, *switches) as (endpoint, process_id), ExitStack() as stack:
        Workspace.objects.filter(pk=workspace.pk).update(endpoint=endpoint, api_key=key, budget_percent=100)
        pool = a_window()
        begin = pool.window_end(datetime.now(UTC)) + timedelta(seconds=2 * pool.window_seconds)
        end = begin + timedelta(seconds=WINDOWS * pool.window_seconds)
        arguments = (str(workspace.pk), str(begin.timestamp()), str(end.timestamp()))
        workers = [stack.enter_context(Child("worker", *arguments, room="bench.sync")) for _ in range(WORKERS)]
        for worker in workers:
            worker.wait_until_ready()
            worker.begin()
        time.sleep(max(0.0, begin.timestamp() - time.time()))
        sandbox_cpu, started = cpu_of(process_id), time.perf_counter()
        reports = [worker.report() for worker in workers]
        sandbox_share = (cpu_of(process_id) - sandbox_cpu) / (time.perf_counter() - started)
        statuses = httpx.get(f"{endpoint}/ledger.json").json()["statuses"]
    synced = Contact.objects.filter(synced_at__gte=begin, synced_at__lt=end).count()
    used = synced / OBJECTS_PER_TRACK_CALL / WINDOWS
    cpu_seconds = sum(report.cpu_seconds for report in reports)
    done = sum(report.done for report in reports)
    return Result(
        name="sync",
        n=synced,
        unit="calls in a window",
        throughput=used,
        bare_throughput=LIMIT,
        cpu_seconds=cpu_seconds,
        sandbox_cpu_share=sandbox_share,
        more={
            "holds": "yes" if used >= WANTED * LIMIT else "no",
            "contacts_per_second": synced / (WINDOWS * pool.window_seconds),
            "cpu_ms_per_1000_contacts": cpu_seconds / done * 1e6 if done else 0.0,
            "refused_with_429": int(statuses.get("429", 0)),
            "windows": WINDOWS,
            "limit": LIMIT,
            "workers": WORKERS,
            "latency_ms": latency_ms,
            "database": database,
        },
    )


def _a_workspace() -> tuple[Workspace, Audience]:
    from bench.audience import a_brand
    from groups.models import Audience
    from groups.workspace.services import connect

    brand, everybody, _store = a_brand()
    workspace = connect(
        brand=brand,
        actor=None,
        endpoint="http://127.0.0.1:9",
        api_key="bench",
        app_id="bench-app",
        campaign_id="bench-campaign",
        variation_id="bench-variation",
    )
    return workspace, Audience.objects.create(group=everybody, name="Everybody")
