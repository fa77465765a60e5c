"""Databases for runs: each a copy of one that was migrated and furnished once; dropped when the run is over.

On a server copies are made ahead, and dropped, by small processes beside: it takes the server half a second each time.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection, connections

from tests.chaos.processes import beside, is_done_well


class Databases:
    """Copies of a template, in files or on the server of the chosen column."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = f"chaos_{uuid.uuid4().hex[:10]}"
        self._number = 0
        self._template = self._name("template")
        self._ahead: tuple[str, int] | None = None
        self._dropping: list[int] = []

    def make_template(self, *, of_this_one: bool) -> None:
        """Makes the template: a copy of the database that is connected now, or one that is migrated from nothing."""
        if not of_this_one:
            self._create(self._template, "")
            with using(self._template):
                call_command("migrate", verbosity=0)
        elif connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [self._template])
        else:
            # A database that somebody is connected to cannot be copied.
            connection.close()
            self._create(self._template, str(connection.settings_dict["NAME"]))

    @contextmanager
    def furnishing(self) -> Iterator[None]:
        """Lets Django write into the template."""
        with using(self._template):
            yield

    @contextmanager
    def a_copy(self) -> Iterator[str]:
        """Makes a copy of the template, lets Django speak with it, and drops it."""
        name = self._take_copy()
        try:
            with using(name):
                yield name
        finally:
            self._dropping.append(beside(lambda: self._drop(name)))

    def close(self) -> None:
        """Drops whatever is left."""
        for pid in self._dropping:
            is_done_well(pid)
        if self._ahead is not None:
            name, pid = self._ahead
            is_done_well(pid)
            self._drop(name)
        self._drop(self._template)

    def _take_copy(self) -> str:
        """Gives the copy that was made ahead, and has the next one made."""
        name, pid = self._ahead or self._begin_copy()
        if not is_done_well(pid):
            raise AssertionError(f"The database {name} could not be made.")
        self._ahead = self._begin_copy()
        return name

    def _begin_copy(self) -> tuple[str, int]:
        self._number += 1
        name = self._name(str(self._number))
        return name, beside(lambda: self._create(name, self._template))

    def _name(self, end: str) -> str:
        name = f"{self._mark}_{end}"
        return str(self._folder / f"{name}.sqlite3") if connection.vendor == "sqlite" else name

    def _create(self, name: str, template: str) -> None:
        if connection.vendor == "sqlite":
            if template:
                shutil.copy(template, name)
            return
        of = f' TEMPLATE "{template}"' if template else ""
        _on_server(f'CREATE DATABASE "{name}"{of}')

    def _drop(self, name: str) -> None:
        if connection.vendor == "sqlite":
            for end in ("", "-wal", "-shm"):
                Path(name + end).unlink(missing_ok=True)
        else:
            _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def using(name: str) -> Iterator[None]:
    """Lets Django speak with another database; the one that it spoke with comes back as it was."""
    kept = connections["default"]
    fresh = connections.create_connection("default")
    fresh.settings_dict = {**kept.settings_dict, "NAME": name}
    if fresh.vendor == "postgresql":
        # Workers are killed here, not machines: what the server has taken is safe without waiting for the disk.
        fresh.settings_dict["OPTIONS"] = {**kept.settings_dict["OPTIONS"], "options": "-c synchronous_commit=off"}
    connections["default"] = fresh
    try:
        yield
        if connection.vendor == "sqlite":
            # The file alone must hold everything: copies are made of it.
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        fresh.close()
        connections["default"] = kept


def _on_server(statement: str) -> None:
    """Runs a statement that needs a connection to no database in particular."""
    parameters = {**connection.get_connection_params(), "dbname": "postgres"}
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{name: parameters[name] for name in names if name in parameters}, autocommit=True) as line:
        line.execute(statement)
