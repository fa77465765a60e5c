"""The table of one chunk: people lie in it while a few statements bring all of them at once to their place.

What PostgreSQL and SQLite say differently about it stands here: how it is filled, and what JSON is called.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from groups.audiences.imports.columns import Person
from groups.audiences.imports.statistics import look_at_what_has_grown

_COLUMNS: Final = (
    "position, external_id, email, attributes, consent_source, consent_on, consent_text, weight, is_folded, id, token"
)
# The first eleven are filled; the rest is what the statements find out about each person.
_TABLE: Final = {
    "postgresql": (
        "CREATE TEMPORARY TABLE IF NOT EXISTS import_row (position integer, external_id text, email text,"
        " attributes jsonb, consent_source text, consent_on date, consent_text text, weight integer,"
        " is_folded boolean, id uuid, token text, contact_id uuid, is_changeable boolean DEFAULT true,"
        " is_changed boolean DEFAULT false, is_moved boolean DEFAULT false, is_member boolean DEFAULT false)"
    ),
    "sqlite": (
        "CREATE TEMPORARY TABLE IF NOT EXISTS import_row (position integer, external_id text, email text,"
        " attributes text, consent_source text, consent_on text, consent_text text, weight integer,"
        " is_folded integer, id text, token text, contact_id text, is_changeable integer DEFAULT 1,"
        " is_changed integer DEFAULT 0, is_moved integer DEFAULT 0, is_member integer DEFAULT 0)"
    ),
}
# A chunk is small and the tables are large: each row is looked up by an index, whatever statistics believe.
_LOOK_UP: Final = (
    "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),"
    " set_config('enable_seqscan', 'off', true), set_config('enable_material', 'off', true),"
    " set_config('jit', 'off', true)"
)

Line = tuple[int, str, str, str, str, str | None, str, int, bool, str, str]


@dataclass(frozen=True, slots=True)
class Packed:
    """People in the form in which the database takes them: as text for COPY, or as parameters."""

    text: bytes = b""
    lines: Sequence[Line] = ()


def pack(people: Sequence[Person], *, first: int = 0, weights: Sequence[int] | None = None) -> Packed:
    """Gives people their new ids and tokens and makes them ready; needs no database.

    `first` is the position of the first. With `weights`, so many rows of the file stand behind each of them.
    """
    chance = os.urandom(32 * len(people))
    ids = [_uuid(chance[place : place + 16].hex()) for place in range(0, len(chance), 32)]
    tokens = [_token(chance[place + 16 : place + 32]) for place in range(0, len(chance), 32)]
    if connection.vendor == "postgresql":
        lines = [
            "\t".join(
                (
                    str(position),
                    person.external_id,
                    person.email,
                    person.attributes,
                    person.consent_source,
                    person.consent_on or "\0",
                    person.consent_text,
                    "1\tf" if weights is None else f"{weights[position - first]}\tt",
                    new_id,
                    token,
                )
            )
            for position, (person, new_id, token) in enumerate(zip(people, ids, tokens, strict=True), start=first)
        ]
        # Cleaned cells hold no tab, no line end and no NUL; so only backslashes need care, and NUL can stand for NULL.
        text = "\n".join(lines).replace("\\", "\\\\").replace("\0", "\\N")
        return Packed(text=(text + "\n").encode() if lines else b"")
    return Packed(
        lines=[
            (
                position,
                *person[:4],
                person.consent_on or None,
                person.consent_text,
                1 if weights is None else weights[position - first],
                weights is not None,
                new_id,
                token,
            )
            for position, (person, new_id, token) in enumerate(zip(people, ids, tokens, strict=True), start=first)
        ]
    )


def empty() -> None:
    """Makes the table of a chunk, or empties it. Needs a transaction."""
    look_at_what_has_grown()
    with connection.cursor() as cursor:
        cursor.execute(_TABLE[connection.vendor])
        if connection.vendor == "postgresql":
            cursor.execute("TRUNCATE import_row")
            cursor.execute(_LOOK_UP)
        else:
            cursor.execute("DELETE FROM import_row")


def fill(packed: Packed) -> None:
    """Puts people into the table."""
    with connection.cursor() as cursor:
        if packed.text:
            with cursor.copy(f"COPY import_row ({_COLUMNS}) FROM STDIN") as copy:
                copy.write(packed.text)
        if packed.lines:
            marks = ", ".join(["%s"] * 11)
            cursor.executemany(f"INSERT INTO import_row ({_COLUMNS}) VALUES ({marks})", packed.lines)


def _uuid(digits: str) -> str:
    """Gives 32 random digits as a UUID of version 4."""
    return f"{digits[:12]}4{digits[13:16]}{'89ab'[int(digits[16], 16) & 3]}{digits[17:]}"


def _token(chance: bytes) -> str:
    """Gives 128 random bits as `Contact.token` has them."""
    return base64.urlsafe_b64encode(chance)[:22].decode()
