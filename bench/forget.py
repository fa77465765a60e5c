"""Forgetting the contacts of a brand that has them and has mailed them, while people go on unsubscribing."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench import Options, Result
from bench.delivery.place import own_place
from bench.preview import p95

_ROWS = 200_000
_PAUSE_SECONDS = 0.2
_STAND_IN = "md5({column}) || md5({column} || 'x') || '@forgotten.invalid'"
_SHARE_SHUT = 50


def run(options: Options) -> Result:
    """Forgets so many contacts (``--rows``, 200,000 unless told), each with a row in the ledger of one mailing, and one
    in fifty with a suppression, in a database of its own on the server of ``DATABASE_URL`` or in SQLite.

    The bare limit writes texts of the same length into the same columns of the same rows, by one statement a table.
    `unsubscribe_*_ms` is how long somebody waited who unsubscribed meanwhile, five a second.
    """
    rows = options.rows or _ROWS
    with own_place() as database:
        import django

        django.setup()
        from django.db import connection

        brand, actor = _fill(rows)
        bare_seconds = _bare(brand)
        _tidy()
        waits: list[float] = []
        with _leaving(brand, waits):
            started, cpu_started = time.perf_counter(), time.process_time()
            chunks = _forget(brand, actor)
            seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
        left = _left(brand, len(waits))
        connection.close()
    entries = rows * 2 + rows // _SHARE_SHUT
    return Result(
        name="forget",
        n=entries,
        unit="entries/s",
        throughput=entries / seconds,
        bare_throughput=entries / bare_seconds,
        cpu_seconds=cpu_seconds,
        more={
            "database": database,
            "contacts": rows,
            "seconds": seconds,
            "tasks": chunks,
            "unsubscribed": len(waits),
            "unsubscribe_p95_ms": p95(waits) * 1e3,
            "unsubscribe_longest_ms": max(waits) * 1e3,
            "left_over": left,
        },
    )


def _fill(rows: int) -> tuple[Any, Any]:
    """Makes a brand whose people Braze has, with what Braze was told of them, one mailing to all, and suppressions."""
    from django.core.management import call_command
    from django.db import connection

    from bench.delivery import filling
    from campaigns.models import Batch, BatchState, DeliveryState
    from groups.models import User

    call_command("migrate", verbosity=0)
    brand = filling.a_brand()
    audience = filling.a_list(filling.a_group(brand, "S1"), rows)
    delivery = filling.a_delivery(audience)
    type(delivery).objects.filter(pk=delivery.pk).update(state=DeliveryState.SETTLED)
    batch = Batch.objects.create(delivery=delivery, number=1, size=rows, state=BatchState.ACCEPTED)
    on_server = connection.vendor == "postgresql"
    made = "jsonb_build_object" if on_server else "json_object"
    told = f"{made}('email', email, 'first_name', 'Maya', 'home_city', external_id, 'points', 7, 'dob', '1990-01-01')"
    key = delivery.pk if on_server else delivery.pk.hex
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE groups_contact SET attributes = {made}('first_name', 'Maya', 'city', external_id), synced = {told}"
        )
        cursor.execute(
            "INSERT INTO campaigns_recipient (delivery_id, contact_id, batch_id, address, outcome)"
            " SELECT %s, id, %s, email, '' FROM groups_contact",
            [key, batch.pk],
        )
        cursor.execute(
            "INSERT INTO groups_suppression (contact_id, brand_id, address, reason, origin, source, note, created_at)"
            " SELECT id, brand_id, email, 'unsubscribed', 'page', '', '', created_at FROM groups_contact"
            f" ORDER BY id LIMIT {rows // _SHARE_SHUT}"
        )
    _tidy()
    actor = User.objects.create_user("admin@northwind.example", "a-password-of-the-benchmark", name="Ade Admin")
    return brand, actor


def _tidy() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _bare(brand: Any) -> float:
    """Gives the seconds of the bare limit, whose changes are taken back."""
    from django.db import connection, transaction

    told = "jsonb_set(synced, '{email}', to_jsonb(md5(email)))"
    if connection.vendor == "sqlite":
        connection.connection.create_function("md5", 1, _md5, deterministic=True)
        told = "json_set(synced, '$.email', md5(email))"
    with transaction.atomic(), connection.cursor() as cursor:
        started = time.perf_counter()
        email, address = _STAND_IN.format(column="email"), _STAND_IN.format(column="address")
        cursor.execute(f"UPDATE groups_contact SET email = {email}, attributes = '{{}}', synced = {told}")
        cursor.execute(f"UPDATE campaigns_recipient SET address = {address}")
        cursor.execute(f"UPDATE groups_suppression SET address = {address}")
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _forget(brand: Any, actor: Any) -> int:
    """Works as the worker does until it is done; gives the number of tasks that took."""
    from groups.keeping import services, working

    services.keep_no_contacts(brand=brand, actor=actor)
    tasks = 1
    while not working.work_on(brand.pk):
        tasks += 1
    return tasks


@contextmanager
def _leaving(brand: Any, waits: list[float]) -> Iterator[None]:
    """Lets people unsubscribe from a thread of its own, and notes how long each waited."""
    ended = threading.Event()
    thread = threading.Thread(target=_leave, args=(brand.pk, waits, ended))
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _leave(brand_id: Any, waits: list[float], ended: threading.Event) -> None:
    from django.db import connection

    from groups.consent.leaving import unsubscribe
    from groups.models import Contact

    people = Contact.objects.filter(brand=brand_id).order_by("-pk").values_list("pk", flat=True)
    for key in list(people[:5_000]):
        contact = Contact.objects.select_related("brand").get(pk=key)
        started = time.perf_counter()
        unsubscribe(contact=contact, group=None)
        waits.append(time.perf_counter() - started)
        if ended.wait(_PAUSE_SECONDS):
            break
    connection.close()


def _left(brand: Any, unsubscribed: int) -> int:
    """Counts the rows that still hold an address, and those who unsubscribed and are not shut; both are to be none."""
    from groups.audiences.queries import suppressed_by
    from groups.keeping.forgotten import places
    from groups.models import Contact, Group

    rows = sum(place.raw(brand).count() for place in places())
    shut = Contact.objects.filter(suppressed_by(Group.objects.get(code="S1")), brand=brand)
    newest = list(Contact.objects.filter(brand=brand).order_by("-pk").values_list("pk", flat=True)[:unsubscribed])
    return rows + unsubscribed - shut.filter(pk__in=newest).count()
