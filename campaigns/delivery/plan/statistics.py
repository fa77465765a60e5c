"""What PostgreSQL knows of the tables that a plan fills, kept near the truth while it fills them."""

from __future__ import annotations

from typing import Final

from django.db import connection

# Smaller tables are read whole, which is right.
_SMALL_PAGES: Final = 8

_GROWN = (
    "SELECT relname FROM pg_class WHERE oid IN ('campaigns_batch'::regclass, 'campaigns_recipient'::regclass)"
    " AND pg_relation_size(oid) > 2 * current_setting('block_size')::int * greatest(relpages, %s)"
)


def look_at_what_has_grown() -> None:
    """Lets PostgreSQL look again at each table that is more than twice as large as when it looked last.

    It does so by itself once a minute at most, or never where that is switched off. Till then it checks the keys of new
    rows by the plan that was right for an empty table, and reads all batches for every recipient: hundreds of times
    slower. Does nothing on SQLite.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_GROWN, [_SMALL_PAGES])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ANALYZE {table}")
