"""Copies of a database in a file, by SQLite's own online backup, while others read and write it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from django.db import connection

from smartersends.upkeep.errors import UpkeepRefused

NAME: Final = "database.sqlite3"


def dump(path: Path) -> dict[str, int]:
    """Writes a whole copy as of one moment, and gives how many rows each table has in it."""
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        # One file alone: a copy in WAL mode would want two more beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
        return _rows(copy)


def restore(path: Path, *, statement: str) -> None:
    """Puts a copy in the place of the connected database, in one transaction, once `statement` was run on the copy."""
    with closing(sqlite3.connect(path)) as copy:
        try:
            found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as problem:
            found = str(problem)
        if found != "ok":
            raise UpkeepRefused(f"The database in this backup is damaged: {found}.")
        copy.execute(statement)
        copy.commit()
        connection.ensure_connection()
        try:
            copy.backup(connection.connection)
        except sqlite3.Error as problem:
            raise UpkeepRefused(
                f"The database could not be written ({problem}). Stop the portal and its workers, then try again."
            ) from problem


def rows() -> dict[str, int]:
    """Counts the rows of each table of the connected database."""
    connection.ensure_connection()
    return _rows(connection.connection)


def _rows(of: sqlite3.Connection) -> dict[str, int]:
    tables = of.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    )
    return {name: of.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in tables.fetchall()}
