"""Seeing whether a request changed anything: what it wrote, and what the database holds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"', re.IGNORECASE)
# Whoever asks moves their session, and reading a thing reads its notice.
BESIDE = ("django_session", "usersessions_usersession", "groups_notice")


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collects the tables to which rows were written."""
    found: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        matched = WRITES.match(sql)
        # An insert that gives its id back counts its rows only when they are read.
        if (
            matched is not None
            and matched[2] not in BESIDE
            and (matched[1] == "INSERT INTO" or context["cursor"].rowcount)
        ):
            found.append(matched[2])
        return result

    with connection.execute_wrapper(watch):
        yield found


def fingerprint() -> dict[str, str]:
    """Gives a mark of everything that each table holds."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in BESIDE]
        return {name: _mark(cursor, name) for name in tables}


def _mark(cursor: Any, table: str) -> str:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # a name of the schema
    rows = sorted(repr(row) for row in cursor.fetchall())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
