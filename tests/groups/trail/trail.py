"""What the tests of the trail share: events that are sealed, and somebody who reaches the database past the portal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.apps import apps
from django.db import connection
from django.db.models import Model

from groups.models import Brand
from groups.trail.sealing import seal_chunk
from tests.builders import an_event

migration = import_module("groups.migrations.0002_a_trail_that_stays")


def a_bare_brand(slug: str = "bare") -> Brand:
    """Gives a brand of which nothing is recorded yet."""
    return Brand.objects.create(name="Northwind Coffee", slug=slug)


def key_of(row: Model) -> object:
    """Gives a row's key as the database stores it."""
    return row._meta.pk.get_db_prep_value(row.pk, connection)


def sealed(brand: Brand, *sizes: int) -> None:
    """Writes events and seals them: a seal for each size."""
    for size in sizes:
        for number in range(size):
            an_event(brand=brand, actor=None, number=number)
        assert seal_chunk(brand.pk) == size


@contextmanager
def triggers_off() -> Iterator[None]:
    """Lets SQL change the trail inside, as whoever owns the database can."""
    editor = connection.schema_editor(atomic=False)
    migration.unguard(apps, editor)
    yield
    migration.guard(apps, editor)


def sql(statement: str, *values: object) -> int:
    """Runs a statement past every guard of the portal's own; gives how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
