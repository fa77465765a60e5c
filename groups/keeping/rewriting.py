"""Writing other values into many rows by one statement: a column of theirs each, as one document.

What the two databases say differently stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
from django.db import connection, models

_ROWS: Final = {
    "postgresql": "FROM jsonb_array_elements(%s::jsonb) AS given(value)",
    "sqlite": "FROM json_each(%s) AS given",
}
_KEYS: Final = {"UUIDField": "uuid", "BigAutoField": "bigint"}


def rewrite(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Writes rows of a key and then a value for each column: texts, or what a column of JSON has."""
    key = model._meta.pk
    document = orjson.dumps(
        [[str(key.get_db_prep_value(pk, connection)), *values] for pk, *values in rows],
    ).decode()
    if document == "[]":
        return
    changes = ", ".join(f"{name} = {_value(model, name, place)}" for place, name in enumerate(columns, start=1))
    kind = _KEYS[key.get_internal_type()]
    named = f"(given.value ->> 0)::{kind}" if connection.vendor == "postgresql" else "given.value ->> 0"
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {changes} {_ROWS[connection.vendor]} WHERE {table}.{key.column} = {named}", [document]
        )


def _value(model: type[models.Model], column: str, place: int) -> str:
    is_json = isinstance(model._meta.get_field(column), models.JSONField)
    return f"given.value {'->' if is_json else '->>'} {place}"
