"""Filters over many contacts: the live count and the first page, at several shares of people who match."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from statistics import median
from typing import TYPE_CHECKING, Final

from bench import Options, Result
from bench.client import cpu_of
from bench.delivery.place import own_place
from bench.preview import p95

if TYPE_CHECKING:
    from groups.audiences.filters.definition import Definition
    from groups.models import Brand, Group

_ROWS: Final = 1_000_000
_ASKS: Final = 60
_STORES: Final = 100
_TODAY: Final = date(2026, 11, 30)
_DAYS: Final = 1_000
_LIMIT_MS: Final = 100.0


@dataclass(frozen=True, slots=True)
class _Case:
    """A filter whose values differ from ask to ask, in a group that has everybody or a hundredth of them."""

    name: str
    percent: float
    is_store: bool = False


_CASES: Final = (
    _Case("01_percent", 0.1),
    _Case("1_percent", 1),
    _Case("1_percent_by_text", 1),
    _Case("10_percent", 10),
    _Case("50_percent", 50),
    _Case("any_of_three", 12),
    _Case("store_10_percent", 10, is_store=True),
)


def run(options: Options) -> Result:
    """Fills a brand with a million contacts (``--rows``), and asks each filter 60 times (``--calls``) for its count and
    its first page, in a database of its own on the server of ``DATABASE_URL`` or in SQLite.

    Each filter has three conditions. `throughput` is asks a second of all of them, `bare_throughput` those of a query
    that reads one contact by its address. `bench import` tells what the indexes of targets cost an import.
    """
    rows, asks = options.rows or _ROWS, options.calls or _ASKS
    with own_place() as database:
        import django

        django.setup()
        return _measured(database, rows, asks)


def _measured(database: str, rows: int, asks: int) -> Result:
    from django.core.management import call_command
    from django.db import connection

    from groups.audiences.filters import indexes
    from groups.models import Contact

    call_command("migrate", verbosity=0)
    brand, everybody, store = a_brand()
    _fill(brand, everybody, store, rows)
    started = time.perf_counter()
    made = indexes.tend()
    indexed_seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        # Autovacuum does this on a server that is not measured.
        cursor.execute("VACUUM ANALYZE groups_contact" if database == "postgresql" else "ANALYZE")
        if database == "postgresql":
            cursor.execute("VACUUM ANALYZE groups_audiencemember")
    figures: dict[str, float | int | str] = {"database": database, "indexes": made, "index_seconds": indexed_seconds}
    spent: list[float] = []
    cpu, server = time.process_time(), _server_process(database)
    for case in _CASES:
        group = store if case.is_store else everybody
        server_cpu = cpu_of(server) if server else 0.0
        seconds, found = _asked(case, group, asks)
        if server:
            figures[f"{case.name}_server_cpu_ms"] = (cpu_of(server) - server_cpu) / (asks + 1) * 1e3
        figures[f"{case.name}_p50_ms"] = median(seconds) * 1e3
        figures[f"{case.name}_p95_ms"] = p95(seconds) * 1e3
        figures[f"{case.name}_found"] = found
        spent += seconds
    cpu = time.process_time() - cpu
    one = []
    for number in range(asks):
        started = time.perf_counter()
        list(Contact.objects.filter(brand=brand, email=f"person{number}@bench.example"))
        one.append(time.perf_counter() - started)
    worst = max(value for name, value in figures.items() if name.endswith("p95_ms") and isinstance(value, float))
    return Result(
        name="audience",
        n=rows,
        unit="counts with a first page/s",
        throughput=len(spent) / sum(spent),
        bare_throughput=len(one) / sum(one),
        cpu_seconds=cpu,
        more={
            "worst_p95_ms": worst,
            "holds": "yes" if worst < _LIMIT_MS else "no",
            **figures,
        },
    )


def _server_process(database: str) -> int:
    """Gives the process that works for us in a server on this machine, whose own time no neighbour can lengthen."""
    from django.db import connection

    if database != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process_id: int = cursor.fetchone()[0]
    return process_id


def _asked(case: _Case, group: Group, asks: int) -> tuple[list[float], str]:
    from groups.audiences.filters.queries import COUNTED_UP_TO, find, first_people, matching

    seconds, counts = [], []
    for number in range(asks + 1):
        started = time.perf_counter()
        found = find(matching(_definition(case, number), group, _TODAY))
        people = first_people(found)
        took = time.perf_counter() - started
        if len(people) != min(50, found.count):
            raise RuntimeError("The first page is not what was expected.")
        # The first ask reads what no ask before it has read.
        if number:
            seconds.append(took)
            counts.append(found.count)
    most = max(counts)
    return seconds, f"more than {COUNTED_UP_TO}" if most > COUNTED_UP_TO else f"{min(counts)} to {most}"


def _definition(case: _Case, number: int) -> Definition:
    from groups.audiences.filters.definition import Condition, ConditionGroup, Definition, Join, Operator

    def within(days: int) -> Condition:
        return Condition("last_visit", Operator.LAST_DAYS, days + number % 5)

    conditions: dict[str, Sequence[Condition]] = {
        "01_percent": (
            Condition("city", Operator.IS, f"City {number % 100}"),
            Condition("points", Operator.MORE, 490 + number),
            within(200),
        ),
        "1_percent": (
            Condition("tier", Operator.IS, f"tier-{number % 10}"),
            Condition("points", Operator.BETWEEN, 100 + number, 600 + number),
            within(200),
        ),
        "1_percent_by_text": (
            Condition("tier", Operator.IS, f"tier-{number % 10}"),
            Condition("city", Operator.BEGINS_WITH, f"City {1 + number % 9}"),
            Condition("is_member", Operator.YES),
        ),
        "10_percent": (
            Condition("is_member", Operator.YES),
            Condition("points", Operator.LESS, 600 + number),
            within(333),
        ),
        "50_percent": (
            Condition("city", Operator.IS_NOT, f"City {number % 100}"),
            Condition("points", Operator.LESS, 800 + number),
            within(640),
        ),
        "any_of_three": (
            Condition("city", Operator.IS, f"City {number % 100}"),
            Condition("tier", Operator.IS, f"tier-{number % 10}"),
            Condition("points", Operator.LESS, 10 + number % 10),
        ),
        "store_10_percent": (
            Condition("is_member", Operator.YES),
            Condition("points", Operator.LESS, 600 + number),
            within(333),
        ),
    }
    join = Join.ANY if case.name.startswith("any") else Join.ALL
    return Definition(Join.ALL, (ConditionGroup(join, tuple(conditions[case.name])),))


def a_brand() -> tuple[Brand, Group, Group]:
    """Gives a brand with five attributes that filters may use, a group that has everybody, and a store."""
    from groups.models import Attribute, AttributeKind, Brand, GroupKind
    from groups.tree.services import add_group

    brand = Brand.objects.create(name="Northwind Coffee", slug="bench")
    root = add_group(brand=brand, parent=None, code="bench", name=brand.name, kind=GroupKind.BRAND, actor=None)
    everybody = add_group(brand=brand, parent=root, code="ALL", name="All", kind=GroupKind.REGION, actor=None)
    store = add_group(brand=brand, parent=root, code="STORE", name="Store", kind=GroupKind.STORE, actor=None)
    for name, kind in (
        ("city", AttributeKind.TEXT),
        ("tier", AttributeKind.TEXT),
        ("points", AttributeKind.NUMBER),
        ("last_visit", AttributeKind.DATE),
        ("is_member", AttributeKind.BOOLEAN),
    ):
        Attribute.objects.create(
            brand=brand,
            name=name,
            label=name,
            kind=kind,
            braze_name=name,
            liquid_name=name,
            is_custom=True,
            is_target=True,
        )
    return brand, everybody, store


def _fill(brand: Brand, everybody: Group, store: Group, rows: int) -> None:
    """Writes the contacts in chunks by COPY's kin, `bulk_create`, with values that are spread evenly."""
    from django.db import connection

    from bench.audience.filling import write_contacts
    from groups.models import Audience, Contact

    lists = [Audience.objects.create(group=group, name="Everybody") for group in (everybody, store)]
    write_contacts(connection, brand, lists[0], rows, values_of)
    with connection.cursor() as cursor:
        key = Audience._meta.pk.get_db_prep_value(lists[1].pk, connection)
        cursor.execute(
            "INSERT INTO groups_audiencemember (audience_id, contact_id, added_at)"
            " SELECT %s, id, created_at FROM groups_contact WHERE external_id LIKE %s",
            [key, "%00" if rows >= 10_000 else "%0"],
        )
    Audience.objects.filter(pk=lists[0].pk).update(size=Contact.objects.count())


def values_of(number: int) -> dict[str, object]:
    """Gives the attributes of the contact with a number, spread evenly."""
    mixed = int.from_bytes(blake2b(number.to_bytes(8), digest_size=8).digest())
    return {
        "first_name": "Maya",
        "city": f"City {mixed % 100}",
        "tier": f"tier-{mixed // 100 % 10}",
        "points": mixed // 1_000 % 1_000,
        "last_visit": (_TODAY - timedelta(days=mixed // 1_000_000 % _DAYS)).isoformat(),
        "is_member": bool(mixed // 1_000_000_000 % 2),
    }
