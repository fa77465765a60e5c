"""Trying a file: what an import of it would do, chunk by chunk, without writing anybody.

People may come again in a later chunk, so what the file has said of them so far lies in a table of this connection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from django.db import connection

from groups.audiences.imports import judging, staging
from groups.audiences.imports.chunks import Chunk
from groups.audiences.imports.folding import State
from groups.audiences.imports.judging import REFUSED, Authority
from groups.audiences.imports.writing import Written, stage
from groups.models import ContactImport

_COLUMNS: Final = "external_id, email, attributes, consent_source, consent_on, consent_text"
_TABLE: Final = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS import_seen (external_id text PRIMARY KEY, email text, attributes text,"
    " consent_source text, consent_on text, consent_text text)"
)
_SEEN: Final = "FROM import_row CROSS JOIN import_seen WHERE import_seen.external_id = import_row.external_id"
_ATTRIBUTES: Final = {
    "postgresql": "(COALESCE(contact.attributes, '{}'::jsonb) || person.attributes)::text",
    "sqlite": "json_patch(COALESCE(contact.attributes, '{}'), person.attributes)",
}
_OWN_ATTRIBUTES: Final = {"postgresql": "contact.attributes::text", "sqlite": "contact.attributes"}
_DAY: Final = {
    "postgresql": "COALESCE(person.consent_on, contact.consent_on)::text",
    "sqlite": "COALESCE(person.consent_on, contact.consent_on)",
}
_UPSERT: Final = (
    " ON CONFLICT (external_id) DO UPDATE SET email = excluded.email, attributes = excluded.attributes,"
    " consent_source = excluded.consent_source, consent_on = excluded.consent_on,"
    " consent_text = excluded.consent_text"
)


class Trial:
    """One trial of a file, from its first row to its last, in one worker."""

    def __init__(self, contact_import: ContactImport, authority: Authority) -> None:
        self._audience, self._authority = contact_import.audience, authority
        self._staying = 0
        with connection.cursor() as cursor:
            cursor.execute(_TABLE)
            cursor.execute("DELETE FROM import_seen")

    @property
    def staying(self) -> int:
        """How many people of the file are on the list already."""
        return self._staying

    def foretell(self, chunk: Chunk) -> Written:
        """Counts what importing a chunk would do after those before it. Needs a transaction."""
        staging.empty()
        staging.fill(chunk.packed)
        positions = self._positions_seen()
        judging.drop_positions(positions)
        chunk.set_apart(positions)
        before = self._states(chunk.repeated)
        staged = stage(self._audience, chunk, self._authority, before=before, is_locking=False)
        counts = staged.counts
        if before:
            for is_member, number in self._counted_before():
                counts["staying" if is_member else "joining"] -= number
        self._staying += counts["staying"]
        if judging.has_suppressions(self._audience.group.brand_id):
            counts["suppressed"] = judging.suppressed_rows(self._audience, is_written=False)
        self._remember(staged.folded.states)
        return Written(counts, staged.refused)

    def close(self) -> None:
        """Forgets the people of the file."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM import_seen")

    def _positions_seen(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT import_row.position {_SEEN}")
            return [position for (position,) in cursor.fetchall()]

    def _states(self, external_ids: Iterable[str]) -> dict[str, State]:
        """Gives what the file has said so far; whoever was taken is on a list of the actor by then."""
        wanted = json.dumps(list(external_ids))
        source = {
            "postgresql": "jsonb_array_elements_text(%s::jsonb) wanted(value)",
            "sqlite": "json_each(%s) wanted",
        }[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM {source} CROSS JOIN import_seen WHERE import_seen.external_id = wanted.value",
                [wanted],
            )
            return {
                external_id: State(email, json.loads(attributes), (source, on or "", text), is_changeable=True)
                for external_id, email, attributes, source, on, text in cursor.fetchall()
            }

    def _counted_before(self) -> list[tuple[bool, int]]:
        """Gives how many people of the chunk were counted in an earlier one, by whether they are on the list."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT import_row.is_member, COUNT(*) {_SEEN} AND NOT {REFUSED} GROUP BY import_row.is_member"
            )
            return list(cursor.fetchall())

    def _remember(self, states: dict[str, State]) -> None:
        vendor = connection.vendor
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO import_seen ({_COLUMNS}) SELECT person.external_id, person.email,"
                f" CASE WHEN person.is_changeable THEN {_ATTRIBUTES[vendor]} ELSE {_OWN_ATTRIBUTES[vendor]} END,"
                " CASE WHEN person.consent_source = '' THEN COALESCE(contact.consent_source, '')"
                " ELSE person.consent_source END,"
                f" {_DAY[vendor]}, CASE WHEN person.consent_text = '' THEN COALESCE(contact.consent_text, '')"
                " ELSE person.consent_text END FROM import_row person"
                " LEFT JOIN groups_contact contact ON contact.id = person.contact_id"
                f" WHERE NOT {REFUSED} AND NOT person.is_folded"
            )
            cursor.executemany(
                f"INSERT INTO import_seen ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s){_UPSERT}",
                [
                    (
                        external_id,
                        state.email,
                        json.dumps(state.attributes),
                        state.consent[0],
                        state.consent[1] or None,
                        state.consent[2],
                    )
                    for external_id, state in states.items()
                ],
            )
