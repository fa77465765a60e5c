"""The calendar and the first page of a large brand over HTTP, beside a page of the same portal that shows nothing."""

from __future__ import annotations

import os
import random
import time
from datetime import timedelta
from statistics import median

import httpx

from bench import Options, Result
from bench.delivery.place import own_place
from bench.preview import free_port, p95, serving, sign_in

_MAILINGS, _GROUPS, _REGIONS, _LIST, _ASKS = 100_000, 5_000, 20, 20, 30
_DAYS_BACK, _DAYS_AHEAD = 300, 65
_EMAIL, _PASSWORD = "manager@northwind.example", "a-password-of-the-benchmark"
_EMPTY = "/accounts/password/change/"


def run(options: Options) -> Result:
    """Asks for a month and a week of the network, a month of one store, the first page and the empty page in turns, 30
    times each (``--calls``), over 100,000 mailings (``--rows``) of 5,000 groups within a year, in a database of its own
    on the server of ``DATABASE_URL`` or in SQLite.

    `throughput` is months of the network a second, `bare_throughput` empty pages, both one after the other.
    """
    mailings, asks = options.rows or _MAILINGS, options.calls or _ASKS
    with own_place() as database:
        import django

        django.setup()
        root, store = _fill(mailings)
        port = free_port()
        environment = {**os.environ, "PUBLIC_URL": f"http://127.0.0.1:{port}", "DEFAULT_BRAND": "northwind"}
        with serving(port, environment), httpx.Client(base_url=environment["PUBLIC_URL"], timeout=60) as client:
            sign_in(client, _EMAIL, _PASSWORD)
            pages = {
                "network_month": f"/g/{root}/calendar/",
                "network_week": f"/g/{root}/calendar/?view=week",
                "store_month": f"/g/{store}/calendar/",
                "home": "/",
                "empty": _EMPTY,
            }
            cpu_started = time.process_time()
            seconds = _ask(client, pages, asks)
            cpu_seconds = time.process_time() - cpu_started
    figures = {}
    for name, found in seconds.items():
        figures[f"{name}_p50_ms"] = median(found) * 1e3
        figures[f"{name}_p95_ms"] = p95(found) * 1e3
    return Result(
        name="calendar",
        n=asks,
        unit="pages/s",
        throughput=asks / sum(seconds["network_month"]),
        bare_throughput=asks / sum(seconds["empty"]),
        cpu_seconds=cpu_seconds,
        more={"database": database, "mailings": mailings, "groups": _GROUPS, **figures},
    )


def _ask(client: httpx.Client, pages: dict[str, str], asks: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for path in pages.values():
        client.get(path).raise_for_status()
    for _ in range(asks):
        for name, path in pages.items():
            started = time.perf_counter()
            client.get(path).raise_for_status()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def _fill(number: int) -> tuple[str, str]:
    """Makes a brand with regions, stores and their lists, and mailings over a year; gives two groups to look at."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from campaigns.models import Delivery, DeliveryState, Mailing, MailingState, Route, Template, TemplateVersion
    from groups.models import (
        Audience,
        AudienceMember,
        Brand,
        Contact,
        Group,
        GroupKind,
        GroupPath,
        Membership,
        User,
        Workspace,
    )
    from groups.people.roles import role_of
    from groups.roles import Role
    from groups.tree.services import add_group

    call_command("migrate", verbosity=0)
    brand = Brand.objects.create(slug="northwind", name="Northwind Coffee")
    root = add_group(brand=brand, parent=None, code="northwind", name=brand.name, kind=GroupKind.BRAND, actor=None)
    regions = [
        add_group(brand=brand, parent=root, code=f"r-{n}", name=f"Region {n}", kind=GroupKind.REGION, actor=None)
        for n in range(_REGIONS)
    ]
    stores = Group.objects.bulk_create(
        Group(brand=brand, parent=regions[n % _REGIONS], code=f"s-{n}", name=f"Store {n}") for n in range(_GROUPS)
    )
    GroupPath.objects.bulk_create(
        GroupPath(ancestor=above, descendant=store, depth=depth)
        for store in stores
        for depth, above in enumerate((store, store.parent, root))
    )
    manager = User.objects.create_user(_EMAIL, _PASSWORD, name="Mika Manager")
    Membership.objects.create(user=manager, group=root, role=role_of(brand, Role.BRAND_MANAGER))
    workspace = Workspace.objects.create(brand=brand, endpoint="http://127.0.0.1:9", api_key="key")
    template = Template.objects.create(brand=brand, slug="news", name="News")
    version = TemplateVersion.objects.create(template=template, number=1, source="", compiled={})
    lists = Audience.objects.bulk_create(Audience(group=one, name="Regulars", size=_LIST) for one in stores)
    people = Contact.objects.bulk_create(
        (Contact(brand=brand, external_id=f"c-{n}", email=f"c-{n}@example.com") for n in range(_GROUPS * _LIST // 2)),
        batch_size=5_000,
    )
    # Everybody is on the lists of two stores.
    AudienceMember.objects.bulk_create(
        (
            AudienceMember(audience=one, contact=people[(n * _LIST // 2 + k) % len(people)])
            for n, one in enumerate(lists)
            for k in range(_LIST)
        ),
        batch_size=5_000,
    )
    chance, now, rest = random.Random(1), timezone.now(), {"headline": "A new roast. " * 150}
    mailings, deliveries = [], []
    for n in range(number):
        store = chance.randrange(_GROUPS)
        at = now + timedelta(minutes=chance.randrange(-_DAYS_BACK * 1440, _DAYS_AHEAD * 1440))
        has_gone = at < now
        mailing = Mailing(
            group=stores[store],
            version=version,
            name=f"Mailing {n}",
            values=rest,
            audience=lists[store],
            author=manager,
            send_at=None if has_gone and n % 3 == 0 else at,
            state=MailingState.SENT if has_gone else MailingState.SCHEDULED,
        )
        mailings.append(mailing)
        if has_gone:
            deliveries.append(
                Delivery(
                    mailing=mailing,
                    workspace=workspace,
                    route=Route.SCHEDULE,
                    state=DeliveryState.SETTLED,
                    is_now=mailing.send_at is None,
                    go_at=at,
                    started_by=manager,
                )
            )
    Mailing.objects.bulk_create(mailings, batch_size=2_000)
    Delivery.objects.bulk_create(deliveries, batch_size=2_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()
    return str(root.pk), str(stores[7].pk)
