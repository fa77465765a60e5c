"""A file of contacts imported by our worker, beside the bare database taking the same rows."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from bench import Options, Result
from bench.delivery.place import own_place

if TYPE_CHECKING:
    from uuid import UUID

_ROWS: Final = {"postgresql": 1_000_000, "sqlite": 100_000}
_FEW_ROWS: Final = 10_000
_SUPPRESSED: Final = 1_000
_FIRST: Final = (
    "Aisha",
    "Anna",
    "Ben",
    "Bruno",
    "Chen",
    "Chloé",
    "Elif",
    "Emma",
    "Felix",
    "Hana",
    "Hugo",
    "Inés",
    "João",
)
_LAST: Final = ("Abebe", "Adams", "Bauer", "Björk", "Brown", "Castro", "Costa", "García", "Ito", "Kim", "Müller")
_CITIES: Final = ("Portland", "Seattle", "Boise", "Eugene", "Salem", "Tacoma", "Bend", "Olympia", "Yakima", "Astoria")
_HEAD: Final = (
    "customer_id",
    "email",
    "first_name",
    "last_name",
    "store_code",
    "city",
    "language",
    "time_zone",
    "birthday",
    "loyalty_tier",
    "last_visit",
    "consent_source",
    "consent_date",
)
_ATTRIBUTES: Final = {name: "date" if name in ("birthday", "last_visit") else "text" for name in _HEAD[2:11]}


def run(options: Options) -> Result:
    """Imports 1,000,000 rows on PostgreSQL, 100,000 on SQLite (``--rows``), into a list of a brand of its own.

    `throughput` is rows a second from the confirmed columns to the finished import, both passes over the file
    included. `bare_throughput` is the same rows, cleaned and encoded beforehand, by one COPY into a temporary table
    and one upsert of contacts and one of members from it (SQLite: two `executemany`), with the same indexes and keys
    in the same database, emptied in between. `memory_ratio` is the worker's peak over its peak at 10,000 rows.
    `write_p95_ms` is how long another process waited for a small write meanwhile.
    """
    with own_place() as database, tempfile.TemporaryDirectory(prefix="bench-import-") as folder:
        rows = options.rows or _ROWS[database]
        place = Path(folder)
        _in_child(_prepare)
        few, many = place / "few.csv", place / "many.csv"
        _write_file(few, min(_FEW_ROWS, rows))
        _write_file(many, rows)
        _in_child(lambda: _import(few))
        small = _in_child(lambda: _import(few), empties=True)
        bare = _in_child(lambda: _bare(many), empties=True)
        with _asking() as waits:
            ours = _in_child(lambda: _import(many), empties=True)
        again = _in_child(lambda: _import(many))
    return Result(
        name="import",
        n=rows,
        unit="rows/s",
        throughput=rows / ours["seconds"],
        bare_throughput=rows / bare["seconds"],
        cpu_seconds=ours["cpu"],
        more={
            "database": database,
            "seconds": ours["seconds"],
            "bare_seconds": bare["seconds"],
            "bare_contacts_seconds": bare["contacts"],
            "detect_seconds": ours["detect"],
            "again_seconds": again["seconds"],
            "peak_mb": ours["peak_mb"],
            "peak_mb_at_10000": small["peak_mb"],
            "memory_ratio": ours["peak_mb"] / small["peak_mb"],
            "new": int(ours["new"]),
            "unchanged_again": int(again["unchanged"]),
            "suppressed": int(ours["suppressed"]),
            "write_p50_ms": median(waits) * 1e3,
            "write_p95_ms": sorted(waits)[int(len(waits) * 0.95)] * 1e3,
            "write_most_ms": max(waits) * 1e3,
        },
    )


def _write_file(path: Path, rows: int) -> None:
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEAD)
        for number in range(rows):
            first, last = _FIRST[number % len(_FIRST)], _LAST[number // len(_FIRST) % len(_LAST)]
            day = date(2026, 11, 20) - timedelta(days=chance.randrange(700))
            writer.writerow(
                (
                    f"C{number:09d}",
                    f"person.{number}@example.com",
                    first,
                    last,
                    "US-001",
                    _CITIES[chance.randrange(len(_CITIES))],
                    "en",
                    "America/Los_Angeles",
                    f"{1950 + number % 55}-{1 + number % 12:02d}-{1 + number % 28:02d}",
                    ("", "bronze", "silver", "gold")[chance.randrange(4)],
                    day.isoformat(),
                    "in store",
                    (day - timedelta(days=30)).isoformat(),
                )
            )


def _in_child(work: Callable[[], dict[str, float]], *, empties: bool = False) -> dict[str, float]:
    """Does something in a process of its own, and adds its peak memory and CPU time to what it found."""
    if empties:
        _in_child(_empty)
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            import django

            django.setup()
            os.write(writing, json.dumps(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _pid, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError("A part of the benchmark failed.")
    found: dict[str, float] = json.loads(answer)
    return {**found, "peak_mb": usage.ru_maxrss / 1024, "cpu": usage.ru_utime + usage.ru_stime}


def _prepare() -> dict[str, float]:
    """Makes a brand with its attributes, a group, and an author."""
    from django.core.management import call_command

    from groups.models import Attribute, Brand, GroupKind, Membership, User
    from groups.people.roles import role_of
    from groups.roles import Role
    from groups.tree.services import add_group

    call_command("migrate", verbosity=0)
    brand = Brand.objects.create(slug="northwind", name="Northwind Coffee")
    root = add_group(brand=brand, parent=None, code="northwind", name=brand.name, kind=GroupKind.BRAND, actor=None)
    group = add_group(brand=brand, parent=root, code="us-001", name="Pearl Street", kind=GroupKind.STORE, actor=None)
    for name, kind in _ATTRIBUTES.items():
        Attribute.objects.create(
            brand=brand, name=name, label=name, kind=kind, braze_name=name, liquid_name=name, is_custom=True
        )
    author = User.objects.create_user("author@example.com", "a-password-of-the-benchmark", name="Lou Author")
    Membership.objects.create(user=author, group=group, role=role_of(brand, Role.LOCAL_AUTHOR))
    return {}


def _empty() -> dict[str, float]:
    """Empties contacts and lists, and leaves some people who unsubscribed."""
    from django.db import connection

    from groups.models import Brand, Contact, Suppression

    tables = ("groups_suppression", "groups_replacement", "groups_audiencemember", "groups_importreject")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE groups_contact, {', '.join(tables)} CASCADE")
            cursor.execute("UPDATE groups_audience SET size = 0")
            cursor.execute("CHECKPOINT")
        else:
            for table in (*tables, "groups_contact"):
                cursor.execute(f"DELETE FROM {table}")
    brand = Brand.objects.get()
    gone = Contact.objects.bulk_create(
        Contact(brand=brand, external_id=f"G{number}", email=f"person.{number * 7}@example.com")
        for number in range(_SUPPRESSED)
    )
    Suppression.objects.bulk_create(
        Suppression(brand=brand, contact=contact, address=contact.email, reason="unsubscribed", source="bench")
        for contact in gone
    )
    return {}


def _import(path: Path) -> dict[str, float]:
    """Imports a file as the worker does, into a new list."""
    from django.core.files import File
    from django.urls import reverse

    from groups.audiences.imports.importing import run_import
    from groups.audiences.imports.services import confirm_mapping, start_import
    from groups.models import ContactImport, Group, User

    # A worker has long loaded its addresses when a file comes.
    reverse("groups:group-list")
    actor, group = User.objects.get(email="author@example.com"), Group.objects.get(code="us-001")
    started = time.perf_counter()
    with path.open("rb") as file:
        begun = start_import(
            group=group,
            actor=actor,
            file=File(file),
            file_name=path.name,
            name=f"List {time.time_ns()}",
            consent_text="Yes, write to me.",
            is_stated=True,
        )
    detect_seconds = time.perf_counter() - started
    mapping = {int(position): target for position, target in begun.mapping.items()}
    confirm_mapping(contact_import=begun, mapping=mapping, actor=actor)
    ContactImport.objects.filter(pk=begun.pk).update(is_confirmed=True)
    started = time.perf_counter()
    found = run_import(begun.pk)
    while found is not None and found.state == "importing":
        found = run_import(begun.pk)
    seconds = time.perf_counter() - started
    if found is None or found.state != "done" or found.audience.members.count() != found.rows_total:
        raise RuntimeError(f"The file was not imported as it should be: {found and found.state}")
    return {
        "seconds": seconds,
        "detect": detect_seconds,
        "new": found.rows_new,
        "unchanged": found.rows_unchanged,
        "suppressed": found.rows_suppressed,
    }


def _bare(path: Path) -> dict[str, float]:
    """Gives the rows, ready as the database wants them, to the bare database."""
    from django.db import connection

    from groups.models import Audience, Brand, Group

    brand = Brand.objects.get()
    audience = Audience.objects.create(group=Group.objects.get(code="us-001"), name=f"Bare {time.time_ns()}")
    people = _ready_people(path)
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        return _bare_postgresql(people, brand.pk, audience.pk)
    return _bare_sqlite(people, brand.pk, audience.pk)


def _ready_people(path: Path) -> Iterator[tuple[str, ...]]:
    import secrets
    from uuid import uuid4

    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        header = next(rows)
        for cells in rows:
            given = dict(zip(header, cells, strict=True))
            attributes = {name: given[name] for name in _ATTRIBUTES if given[name]}
            yield (
                uuid4().hex,
                given["customer_id"],
                given["email"],
                json.dumps(attributes, ensure_ascii=False),
                given["consent_source"],
                given["consent_date"],
                secrets.token_urlsafe(16),
            )


_UPSERT = (
    "INSERT INTO groups_contact (id, brand_id, external_id, email, attributes, consent_source, consent_on,"
    " consent_text, token, sync_state, sync_error, sync_revision, synced, created_at, updated_at) {source}"
    " ON CONFLICT (brand_id, external_id) DO UPDATE SET email = excluded.email, attributes = excluded.attributes,"
    " consent_source = excluded.consent_source, consent_on = excluded.consent_on,"
    " consent_text = excluded.consent_text, updated_at = excluded.updated_at"
)


def _bare_postgresql(people: Iterator[tuple[str, ...]], brand_id: UUID, audience_id: UUID) -> dict[str, float]:
    from django.db import connection, transaction

    with tempfile.TemporaryFile() as ready:
        for person in people:
            ready.write(("\t".join(person) + "\n").encode())
        ready.seek(0)
        started = time.perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE bare (id uuid, external_id text, email text, attributes jsonb,"
                " consent_source text, consent_on date, token text) ON COMMIT DROP"
            )
            with cursor.copy("COPY bare FROM STDIN") as copy:
                while block := ready.read(1 << 20):
                    copy.write(block)
            source = (
                "SELECT id, %s, external_id, email, attributes, consent_source, consent_on, 'Yes, write to me.', token,"
                " 'pending', '', 1, '{}'::jsonb, now(), now() FROM bare"
            )
            cursor.execute(_UPSERT.format(source=source), [brand_id])
            contacts = time.perf_counter()
            cursor.execute(
                "INSERT INTO groups_audiencemember (audience_id, contact_id, added_at) SELECT %s, id, now() FROM bare"
                " ON CONFLICT DO NOTHING",
                [audience_id],
            )
        return {"seconds": time.perf_counter() - started, "contacts": contacts - started}


def _bare_sqlite(people: Iterator[tuple[str, ...]], brand_id: UUID, audience_id: UUID) -> dict[str, float]:
    from django.db import connection

    now = "2026-11-30 12:00:00.000000"
    ready: list[tuple[Any, ...]] = [
        (row_id, brand_id.hex, external_id, email, attributes, source, on, "Yes, write to me.", token)
        for row_id, external_id, email, attributes, source, on, token in people
    ]
    members = [(audience_id.hex, row[0]) for row in ready]
    marks = ", ".join("?" * 9)
    bare = connection.connection
    started = time.perf_counter()
    bare.execute("BEGIN IMMEDIATE")
    bare.executemany(
        _UPSERT.format(source=f"VALUES ({marks}, 'pending', '', 1, '{{}}', '{now}', '{now}')"),
        ready,
    )
    contacts = time.perf_counter()
    bare.executemany(
        f"INSERT INTO groups_audiencemember (audience_id, contact_id, added_at) VALUES (?, ?, '{now}')"
        " ON CONFLICT DO NOTHING",
        members,
    )
    bare.execute("COMMIT")
    return {"seconds": time.perf_counter() - started, "contacts": contacts - started}


@contextmanager
def _asking() -> Iterator[list[float]]:
    """Lets another process write a little again and again; the list fills with how long each write waited."""
    reading, writing = os.pipe()
    ending, end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(end)
            import select

            import django

            django.setup()
            from groups.models import Brand

            waits = []
            while not select.select([ending], [], [], 0.05)[0]:
                started = time.perf_counter()
                Brand.objects.update(language="en")
                waits.append(time.perf_counter() - started)
            with io.FileIO(writing, "wb") as pipe:
                pipe.write(json.dumps(waits).encode())
        finally:
            os._exit(0)
    os.close(writing)
    found: list[float] = []
    try:
        yield found
    finally:
        os.close(end)
        with os.fdopen(reading, "rb") as pipe:
            found += json.loads(pipe.read() or b"[]") or [0.0]
        os.waitpid(pid, 0)
