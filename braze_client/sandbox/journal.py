"""The sandbox's state in a file: every accepted change in order, replayed when it starts again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

APPLICATION_ID = 0x42525A53
VERSION = 1
_TABLE = """
    CREATE TABLE changes (
        number INTEGER PRIMARY KEY, at REAL NOT NULL, path TEXT NOT NULL, content BLOB NOT NULL, seed INTEGER NOT NULL
    )
"""


class JournalUnreadable(Exception):
    """The file is no state of a sandbox, or of another version; it was left as it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One accepted change: when, at which path, with which body, and the seed of the ids that it made."""

    at: float
    path: str
    content: bytes
    seed: int


class Journal:
    """Changes in a SQLite file. Each is written before its answer leaves, so a killed process loses none.

    The writes are not forced to the disk: they outlive the process, not the machine. Raises `JournalUnreadable`.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._prepare()
        except sqlite3.Error as error:
            raise JournalUnreadable(f"{path} is no state file of the sandbox ({error}).") from error

    def add(self, change: Change) -> None:
        """Keeps a change."""
        values = (change.at, change.path, change.content, change.seed)
        self._connection.execute("INSERT INTO changes (at, path, content, seed) VALUES (?, ?, ?, ?)", values)

    def __iter__(self) -> Iterator[Change]:
        for row in self._connection.execute("SELECT at, path, content, seed FROM changes ORDER BY number"):
            yield Change(*row)

    def clear(self) -> None:
        """Forgets all changes."""
        self._connection.execute("DELETE FROM changes")

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def _prepare(self) -> None:
        run = self._connection.execute
        tables = run("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables == 0:
            run(f"PRAGMA application_id = {APPLICATION_ID}")
            run(f"PRAGMA user_version = {VERSION}")
            run(_TABLE)
        found = run("PRAGMA application_id").fetchone()[0], run("PRAGMA user_version").fetchone()[0]
        if found != (APPLICATION_ID, VERSION):
            raise sqlite3.DatabaseError("it was written by another program or version")
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = OFF")
