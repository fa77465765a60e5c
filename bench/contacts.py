"""Searching a million contacts over HTTP: over one list, and over everybody of the brand, beside an empty page."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Mapping
from statistics import median

import httpx

from bench import Options, Result
from bench.delivery.place import own_place
from bench.preview import free_port, p95, serving, sign_in

_ROWS, _ASKS, _STORES, _PIECE = 1_000_000, 50, 100, 5_000
_EMAIL, _PASSWORD = "admin@northwind.example", "a-password-of-the-benchmark"
_EMPTY = "/accounts/password/change/"
_SYLLABLES = ("ma", "ri", "lo", "ke", "an", "so", "vi", "da", "ne", "ju", "ta", "bel", "cor", "el", "fin", "gre", "hol")
# A part of an address that nobody shares, a name of some thousands, a word that every address has, and nobody's.
_WORDS = {"rare": "person-4242@", "name": "marilo", "full_name": "marilo kean", "common": "example", "nobody": "zzqxk"}


def run(options: Options) -> Result:
    """Asks for the contacts of the brand and of a list with all of them (``--rows``, 1,000,000 unless told), for the
    page after the first, and for searches of several kinds, 50 times each, in a database of its own on the server of
    ``DATABASE_URL`` or in SQLite.

    `throughput` is searches a second over everybody, `bare_throughput` empty pages, both one after the other.
    """
    rows, asks = options.rows or _ROWS, options.calls or _ASKS
    with own_place() as database:
        import django

        django.setup()
        filling = time.perf_counter()
        paths = _fill(rows)
        fill_seconds = time.perf_counter() - filling
        port = free_port()
        environment = {**os.environ, "PUBLIC_URL": f"http://127.0.0.1:{port}", "DEFAULT_BRAND": "northwind"}
        with serving(port, environment), httpx.Client(base_url=environment["PUBLIC_URL"], timeout=120) as client:
            sign_in(client, _EMAIL, _PASSWORD)
            cpu_started = time.process_time()
            seconds = _ask(client, paths, asks)
            cpu_seconds = time.process_time() - cpu_started
    figures: dict[str, float | int | str] = {"database": database, "contacts": rows, "fill_seconds": fill_seconds}
    for name, found in seconds.items():
        figures[f"{name}_p50_ms"] = median(found) * 1e3
        figures[f"{name}_p95_ms"] = p95(found) * 1e3
    searches = [found for name, found in seconds.items() if name.startswith("brand_") and name[6:] in _WORDS]
    return Result(
        name="contacts",
        n=asks,
        unit="searches/s",
        throughput=sum(map(len, searches)) / sum(map(sum, searches)),
        bare_throughput=asks / sum(seconds["empty"]),
        cpu_seconds=cpu_seconds,
        more=figures,
    )


def _ask(client: httpx.Client, paths: Mapping[str, str], asks: int) -> dict[str, list[float]]:
    """Asks as the search field does, for the part of the page that changes; for the empty page as a person does."""
    partial = {"HX-Request": "true"}
    pages: dict[str, tuple[str, dict[str, str]]] = {"empty": (_EMPTY, {})}
    for place, path in paths.items():
        pages[f"{place}_first"] = (path, partial)
        for name, words in _WORDS.items():
            pages[f"{place}_{name}"] = (f"{path}?{httpx.QueryParams(q=words)}", partial)
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for path, headers in pages.values():
        client.get(path, headers=headers).raise_for_status()
    for _ in range(asks):
        for name, (path, headers) in pages.items():
            started = time.perf_counter()
            client.get(path, headers=headers).raise_for_status()
            seconds[name].append(time.perf_counter() - started)
    return seconds


def _fill(rows: int) -> dict[str, str]:
    """Makes a brand with stores, everybody on the list of one store, and all of them on one list of head office."""
    from django.core.management import call_command
    from django.db import connection

    from groups.models import Attribute, Audience, AudienceMember, Brand, Contact, GroupKind, Membership, User
    from groups.people.roles import role_of
    from groups.roles import Role
    from groups.tree.services import add_group

    call_command("migrate", verbosity=0)
    brand = Brand.objects.create(slug="northwind", name="Northwind Coffee")
    root = add_group(brand=brand, parent=None, code="northwind", name=brand.name, kind=GroupKind.BRAND, actor=None)
    for name in ("first_name", "last_name"):
        Attribute.objects.create(brand=brand, name=name, label=name, braze_name=name, liquid_name=name)
    stores = [
        add_group(brand=brand, parent=root, code=f"s-{n}", name=f"Store {n}", kind=GroupKind.STORE, actor=None)
        for n in range(_STORES)
    ]
    everybody = Audience.objects.create(group=root, name="Everybody", size=rows)
    lists = [Audience.objects.create(group=store, name="Regulars", size=rows // _STORES) for store in stores]
    for first in range(0, rows, _PIECE):
        numbers = range(first, min(first + _PIECE, rows))
        people = Contact.objects.bulk_create(
            Contact(
                brand=brand,
                external_id=f"C{number:08}",
                email=f"{given}.{family}.person-{number}@example.com".lower(),
                attributes={"first_name": given, "last_name": family},
            )
            for number, (given, family) in zip(numbers, _names(first), strict=False)
        )
        AudienceMember.objects.bulk_create(
            AudienceMember(audience=audience, contact=person)
            for number, person in zip(numbers, people, strict=True)
            for audience in (everybody, lists[number % _STORES])
        )
    admin = User.objects.create_user(_EMAIL, _PASSWORD, name="Ade Admin")
    Membership.objects.create(user=admin, group=root, role=role_of(brand, Role.ADMIN))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    connection.close()
    return {
        "brand": f"/g/{root.pk}/contacts/",
        "list": f"/audiences/{everybody.pk}/",
        "store": f"/g/{stores[7].pk}/contacts/",
    }


def _names(seed: int) -> Iterator[tuple[str, str]]:
    """Yields names of two and three syllables, the same ones in each run."""
    chosen = random.Random(seed)
    while True:
        given = "".join(chosen.choices(_SYLLABLES, k=3))
        family = "".join(chosen.choices(_SYLLABLES, k=3))
        yield given.title(), family.title()
