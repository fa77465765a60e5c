"""The reports of a large network over HTTP, beside a page of the same portal that shows nothing, and adding them up."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import timedelta
from statistics import median
from typing import Final

import httpx

from bench import Options, Result
from bench.delivery.place import own_place
from bench.pages.filling import ADMIN, PASSWORD, Places, fill
from bench.preview import free_port, p95, serving, sign_in

# With 20 mailings for each of the stores among them these are a little over 100,000.
_GROUPS, _ASKS = 5_120, 50
_EMPTY: Final = "/accounts/password/change/"
_LIMIT_MS: Final = 300.0
_SILENT: Final = 10
"""One store in so many has sent nothing for a while."""


def run(options: Options) -> Result:
    """Adds up the reports of a brand with 5,120 groups (``--rows``) and 20 mailings for each store, then asks for the
    report pages of the whole network, of a region and of a store in turns, 50 times each (``--calls``), as an admin, in
    a database of its own on the server of ``DATABASE_URL`` or in SQLite.

    `throughput` is reports of the whole network a second, `bare_throughput` empty pages, one after the other;
    `rebuild_seconds` is adding up everything, `hourly_seconds` what is done every hour.
    """
    groups, asks = options.rows or _GROUPS, options.calls or _ASKS
    with own_place() as database:
        import django

        django.setup()
        places = fill(groups)
        rebuild_seconds, hourly_seconds = _add_up()
        pages = _pages(places)
        port = free_port()
        environment = {**os.environ, "PUBLIC_URL": f"http://127.0.0.1:{port}", "DEFAULT_BRAND": "northwind"}
        with serving(port, environment), httpx.Client(base_url=environment["PUBLIC_URL"], timeout=60) as client:
            sign_in(client, ADMIN, PASSWORD)
            cpu_started = time.process_time()
            seconds = _ask(client, pages, asks)
            cpu_seconds = time.process_time() - cpu_started
    figures: dict[str, float | int | str] = {
        "database": database,
        **places.sizes,
        "rebuild_seconds": rebuild_seconds,
        "hourly_seconds": hourly_seconds,
        "holds": "yes" if p95(seconds["network"]) * 1e3 < _LIMIT_MS else "no",
    }
    for name, found in seconds.items():
        figures[f"{name}_p50_ms"] = median(found) * 1e3
        figures[f"{name}_p95_ms"] = p95(found) * 1e3
    return Result(
        name="network",
        n=asks,
        unit="pages/s",
        throughput=asks / sum(seconds["network"]),
        bare_throughput=asks / sum(seconds["empty"]),
        cpu_seconds=cpu_seconds,
        more=figures,
    )


def _add_up() -> tuple[float, float]:
    """Lets a tenth of the stores fall silent, then adds everything up, and what an hourly run does after that."""
    from django.db import connection
    from django.utils import timezone

    from campaigns.models import Delivery, Mailing, MailingState, RollupRun
    from campaigns.reports.rolling.running import rebuild, roll_up
    from groups.models import Brand, Group

    now = timezone.now()
    brand = Brand.objects.get(slug="northwind")
    Group.objects.filter(brand=brand).update(created_at=now - timedelta(days=200))
    codes = [f"s-{number}" for number in range(0, Group.objects.count(), _SILENT)]
    for start in range(0, len(codes), 500):
        silent = Group.objects.filter(brand=brand, code__in=codes[start : start + 500])
        ids = list(silent.values_list("pk", flat=True))
        coming = (MailingState.SCHEDULED, MailingState.IN_APPROVAL)
        Mailing.objects.filter(group__in=ids, state__in=coming).update(state=MailingState.DRAFT)
        Delivery.objects.filter(mailing__group__in=ids, go_at__gt=now - timedelta(days=40)).update(
            go_at=now - timedelta(days=40)
        )
    started = time.perf_counter()
    rebuild(brand)
    rebuilt = time.perf_counter() - started
    hour_ago = now - timedelta(hours=3)
    RollupRun.objects.filter(brand=brand).update(started_at=hour_ago)
    started = time.perf_counter()
    roll_up(seconds=3600)
    hourly = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    connection.close()
    return rebuilt, hourly


def _pages(places: Places) -> dict[str, tuple[str, str]]:
    """Gives each page with what must stand in it."""
    from campaigns.models import Template
    from groups.models import Group

    root = f"/g/{places.root_id}/reports"
    region = Group.objects.filter(parent=places.root_id).order_by("code")[0].pk
    template = Template.objects.filter(standings__group=places.root_id).order_by("pk")[0].pk
    return {
        "empty": (_EMPTY, ""),
        "network": (f"{root}/network/", "Region 1"),
        "region": (f"/g/{region}/reports/network/", "District"),
        "usage": (f"{root}/usage/", "Store"),
        "templates": (f"{root}/templates/", "News"),
        "league": (f"{root}/templates/{template}/", "Store"),
        "store": (f"/g/{places.store_id}/reports/", "Mailing 4"),
    }


def _ask(client: httpx.Client, pages: Mapping[str, tuple[str, str]], asks: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(asks + 1):
        for name, (path, shows) in pages.items():
            started = time.perf_counter()
            answer = client.get(path)
            # The first of each loads what a running portal has loaded long ago.
            if number:
                seconds[name].append(time.perf_counter() - started)
            if answer.status_code != 200 or shows not in answer.text:
                raise RuntimeError(f"The page {path} is not what was expected: {answer.status_code}")
    return seconds
