"""An index for each attribute that filters may use, made when it becomes a target and dropped when it is none any more.

Each covers the contacts of its brand alone. Beside it stands a statistic of the same values: PostgreSQL knows of no
part of a JSON column how often a value occurs, and takes no partial index's word for it. SQLite reads all contacts
instead.
"""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.db.backends.utils import CursorWrapper

from groups.audiences.filters.selecting import value_sql
from groups.models import Attribute

PREFIX: Final = "contact_target_"
_STANDING: Final = (
    "SELECT index.relname, pg_index.indisvalid FROM pg_index"
    " JOIN pg_class index ON index.oid = pg_index.indexrelid"
    " WHERE pg_index.indrelid = 'groups_contact'::regclass AND starts_with(index.relname, %s)"
)


def tend() -> int:
    """Makes the indexes that are missing, drops those that nobody needs, and gives how many were made.

    The contacts can be read and changed meanwhile. Doing it twice changes nothing; doing it at the same time is kept
    from by a lock. One that was cut off while it was made is made anew. Outside a transaction only.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [PREFIX])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _tend(cursor)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [PREFIX])


def name_of(attribute: Attribute) -> str:
    """Gives the name of an attribute's index; one of another kind has another name."""
    return f"{PREFIX}{attribute.pk.hex}_{attribute.kind[:1]}"


def _tend(cursor: CursorWrapper) -> int:
    cursor.execute(_STANDING, [PREFIX])
    standing: dict[str, bool] = dict(cursor.fetchall())
    wanted = {name_of(one): one for one in Attribute.objects.filter(is_target=True)}
    for name, is_valid in standing.items():
        if not is_valid or name not in wanted:
            cursor.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{name}"')
            cursor.execute(f'DROP STATISTICS IF EXISTS "{name}_s"')
    made = [one for name, one in wanted.items() if not standing.get(name)]
    for attribute in made:
        name, value = name_of(attribute), value_sql(attribute.name, attribute.kind, "attributes", "postgresql")
        cursor.execute(f'CREATE STATISTICS IF NOT EXISTS "{name}_s" ON ({value}) FROM groups_contact')
        cursor.execute(
            f'CREATE INDEX CONCURRENTLY "{name}" ON groups_contact ({value})'
            f" WHERE brand_id = '{attribute.brand_id}'::uuid"
        )
    if made:
        # What the values are like is known only after the table was looked at with the new indexes.
        cursor.execute("ANALYZE groups_contact")
    return len(made)
