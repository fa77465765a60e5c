"""What PostgreSQL knows of the tables that an import fills, kept near the truth while it fills them."""

from __future__ import annotations

from typing import Final

from django.db import connection

_GROWN: Final = (
    "SELECT relname FROM pg_class WHERE oid IN ('groups_contact'::regclass, 'groups_audiencemember'::regclass,"
    " 'groups_suppression'::regclass, 'groups_replacement'::regclass)"
    " AND pg_relation_size(oid) > 2 * current_setting('block_size')::int * greatest(relpages, 0)"
)


def look_at_what_has_grown() -> None:
    """Lets PostgreSQL look again at each table that is more than twice as large as when it looked last.

    A table that it takes for empty has no best index: it would look people up by their brand, and read all of them for
    every row. Does nothing on SQLite.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_GROWN)
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {table}")
