"""Pages of a large brand over HTTP, beside a page of the same portal and the same person that shows nothing."""

from __future__ import annotations

import io
import os
import time
from statistics import median

import httpx

from bench import Options, Result
from bench.delivery.place import own_place
from bench.preview import free_port, p95, serving, sign_in

_GROUPS, _MEMBERS, _ASKS = 5_000, 20_000, 200
_REGIONS, _DISTRICTS = 10, 100
_EMAIL, _PASSWORD = "admin@northwind.example", "a-password-of-the-benchmark"
_SHOWN = {"list": "Region 0", "search": "Store 42"}
# The same head, the same person, and a form of three fields.
_EMPTY = "/accounts/password/change/"


def run(options: Options) -> Result:
    """Asks for the list of 5,000 groups with 20,000 members (``--rows`` chooses how many groups), its last page, a
    search and the empty page in turns, 200 times each (``--calls``), in a database of its own on the server of
    ``DATABASE_URL`` or in SQLite.

    `throughput` is lists a second, `bare_throughput` empty pages, both one after the other; `cpu_seconds` is what
    asking took, `import_seconds` the file that made the groups.
    """
    groups, asks = options.rows or _GROUPS, options.calls or _ASKS
    members = _MEMBERS * groups // _GROUPS
    with own_place() as database:
        import django

        django.setup()
        import_seconds = _fill(groups, members)
        port = free_port()
        environment = {**os.environ, "PUBLIC_URL": f"http://127.0.0.1:{port}", "DEFAULT_BRAND": "northwind"}
        with serving(port, environment), httpx.Client(base_url=environment["PUBLIC_URL"], timeout=60) as client:
            sign_in(client, _EMAIL, _PASSWORD)
            pages = {
                "list": "/groups/",
                "last_page": f"/groups/?page={(groups + 49) // 50}",
                "search": "/groups/?q=Store+42",
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
        name="pages",
        n=asks,
        unit="pages/s",
        throughput=asks / sum(seconds["list"]),
        bare_throughput=asks / sum(seconds["empty"]),
        cpu_seconds=cpu_seconds,
        more={
            "database": database,
            "groups": groups,
            "members": members,
            "import_seconds": import_seconds,
            **figures,
        },
    )


def _ask(client: httpx.Client, pages: dict[str, str], asks: int) -> dict[str, list[float]]:
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for path in pages.values():
        client.get(path).raise_for_status()
    for _ in range(asks):
        for name, path in pages.items():
            started = time.perf_counter()
            answer = client.get(path)
            seconds[name].append(time.perf_counter() - started)
            if answer.status_code != 200 or _SHOWN.get(name, "") not in answer.text:
                raise RuntimeError(f"The page {path} is not what was expected.")
    return seconds


def _fill(groups: int, members: int) -> float:
    """Makes a brand, its groups from a file, and so many people in them; gives the seconds of the file."""
    from django.core.management import call_command
    from django.db import connection

    from groups.models import Brand, Group, GroupKind, Membership, User
    from groups.people.roles import role_of
    from groups.roles import Role
    from groups.tree.importing import import_groups
    from groups.tree.services import add_group

    call_command("migrate", verbosity=0)
    brand = Brand.objects.create(slug="northwind", name="Northwind Coffee")
    root = add_group(brand=brand, parent=None, code="northwind", name=brand.name, kind=GroupKind.BRAND, actor=None)
    rows = [f"r-{n},Region {n},northwind," for n in range(_REGIONS)]
    rows += [f"d-{n},District {n},r-{n % _REGIONS}," for n in range(_DISTRICTS)]
    rows += [f"s-{n},Store {n},d-{n % _DISTRICTS},v-{n}" for n in range(groups - 1 - _REGIONS - _DISTRICTS)]
    file = io.BytesIO("\n".join(("code,name,parent,message_variation_id", *rows)).encode())
    started = time.perf_counter()
    report = import_groups(brand=brand, file=file, actor=None)
    seconds = time.perf_counter() - started
    if report.errors or Group.objects.count() != groups:
        raise RuntimeError("The file of groups was not imported.")
    places = list(Group.objects.exclude(pk=root.pk).values_list("pk", flat=True))
    people = User.objects.bulk_create(
        (User(email=f"person-{n}@example.com", name=f"Person {n}", password="!") for n in range(members)),
        batch_size=500,
    )
    author = role_of(brand, Role.LOCAL_AUTHOR)
    Membership.objects.bulk_create(
        (Membership(user=user, group_id=places[n % len(places)], role=author) for n, user in enumerate(people)),
        batch_size=500,
    )
    admin = User.objects.create_user(_EMAIL, _PASSWORD, name="Ade Admin")
    Membership.objects.create(user=admin, group=root, role=role_of(brand, Role.ADMIN))
    connection.close()
    return seconds
