"""The main pages of a large brand over HTTP, beside a page of the same portal that shows nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

import httpx

from bench import Options, Result
from bench.delivery.place import own_place
from bench.pages.filling import ADMIN, AUTHOR, PASSWORD, Places, fill
from bench.preview import free_port, p95, serving, sign_in

_GROUPS, _ASKS = 5_000, 50
# The same head, and a form of three fields.
_EMPTY: Final = "/accounts/password/change/"


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, who asks for it, what must stand in it, and how long it may take at the 95th percentile."""

    path: str
    person: str
    shows: str = ""
    limit_ms: float = 150.0


def run(options: Options) -> Result:
    """Asks for each main page in turns, 50 times each (``--calls``), of a brand with 5,000 groups (``--rows``), 200
    contacts and 20 mailings for each of them, in a database of its own on the server of ``DATABASE_URL`` or in SQLite.

    A store's pages are asked for by its author, the network's by an admin. `throughput` is pages a second of all of
    them, `bare_throughput` empty pages, one after the other; `cpu_seconds` is what asking took, `holds` whether each
    kept its limit.
    """
    groups, asks = options.rows or _GROUPS, options.calls or _ASKS
    with own_place() as database:
        import django

        django.setup()
        started = time.perf_counter()
        places = fill(groups)
        fill_seconds = time.perf_counter() - started
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {**os.environ, "PUBLIC_URL": url, "DEFAULT_BRAND": "northwind"}
        pages = _pages(places)
        with (
            serving(port, environment),
            httpx.Client(base_url=url, timeout=60) as admin,
            httpx.Client(base_url=url, timeout=60) as author,
        ):
            clients = {ADMIN: admin, AUTHOR: author}
            for email, client in clients.items():
                sign_in(client, email, PASSWORD)
            cpu_started = time.process_time()
            seconds = _ask(clients, pages, asks)
            cpu_seconds = time.process_time() - cpu_started
    worst = {name: p95(found) * 1e3 for name, found in seconds.items()}
    figures: dict[str, float | int | str] = {"database": database, **places.sizes, "fill_seconds": fill_seconds}
    figures["too_slow"] = ", ".join(name for name, page in pages.items() if worst[name] >= page.limit_ms) or "none"
    for name, found in seconds.items():
        figures[f"{name}_p50_ms"] = median(found) * 1e3
        figures[f"{name}_p95_ms"] = worst[name]
    shown = [found for name, found in seconds.items() if not name.startswith("empty")]
    return Result(
        name="pages",
        n=asks,
        unit="pages/s",
        throughput=sum(map(len, shown)) / sum(map(sum, shown)),
        bare_throughput=asks / sum(seconds["empty"]),
        cpu_seconds=cpu_seconds,
        more=figures,
    )


def _pages(places: Places) -> dict[str, _Page]:
    store, root = f"/g/{places.store_id}", f"/g/{places.root_id}"
    return {
        "empty": _Page(_EMPTY, ADMIN),
        "empty_author": _Page(_EMPTY, AUTHOR),
        "mailings": _Page(f"{store}/mailings/", AUTHOR, "Mailing 3"),
        "templates": _Page(f"{store}/templates/", AUTHOR, "News"),
        "composer": _Page(f"/m/{places.draft_id}/", AUTHOR, "News"),
        "preview": _Page(f"/m/{places.draft_id}/preview/", AUTHOR, limit_ms=100.0),
        "mailing": _Page(f"/m/{places.sent_id}/delivery/", AUTHOR, "200"),
        "audiences": _Page(f"{store}/audiences/", AUTHOR, "Regulars"),
        "audience": _Page(f"/audiences/{places.list_id}/", AUTHOR, "@example.com"),
        "contact": _Page(f"/contacts/{places.contact_id}/", AUTHOR, "@example.com"),
        "images": _Page(f"{store}/images/", AUTHOR),
        "groups": _Page("/groups/", ADMIN, "Region 0", 200.0),
        "groups_search": _Page("/groups/?q=Store+42", ADMIN, "Store 42", 200.0),
        "people": _Page("/people/", ADMIN, "person-"),
        "library": _Page("/templates/", ADMIN, "News"),
        "approvals": _Page("/approvals/", ADMIN, "Mailing"),
        "contacts_of_the_brand": _Page(f"{root}/contacts/", ADMIN, "@example.com"),
        "trail": _Page("/audit-trail/", ADMIN),
        "network": _Page(f"{root}/mailings/", ADMIN, limit_ms=300.0),
    }


def _ask(clients: Mapping[str, httpx.Client], pages: Mapping[str, _Page], asks: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for number in range(asks + 1):
        for name, page in pages.items():
            started = time.perf_counter()
            answer = clients[page.person].get(page.path)
            # The first of each loads what a running portal has loaded long ago.
            if number:
                seconds[name].append(time.perf_counter() - started)
            if answer.status_code != 200 or page.shows not in answer.text:
                raise RuntimeError(f"The page {page.path} is not what was expected: {answer.status_code}")
    return seconds
