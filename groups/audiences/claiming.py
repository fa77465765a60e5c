"""The statements of the sync, by hand: it takes and gives back hundreds of contacts several times a second.

What the two databases say differently stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from django.db import connection

from groups.models import Contact, SyncState, Workspace


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the sync needs to know of a contact that it has taken.

    `is_known` tells whether `synced` is what Braze has: after an outcome that nobody knows it is not.
    """

    pk: UUID
    brand_id: UUID
    external_id: str
    email: str
    attributes: dict[str, object]
    token: str
    synced: dict[str, object]
    sync_revision: int
    is_known: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A contact whose profile Braze took as it was at a revision."""

    pk: UUID
    profile: dict[str, object]
    sync_revision: int


_COLUMNS: Final = "id, external_id, email, attributes, token, synced, sync_revision, sync_lease_until"
_FREE: Final = (
    " FROM groups_contact WHERE brand_id = %s AND sync_state = 'pending'"
    " AND (sync_lease_until IS NULL OR sync_lease_until <= %s) ORDER BY updated_at LIMIT %s"
)
_LOCKED: Final = {"postgresql": " FOR UPDATE SKIP LOCKED", "sqlite": ""}
_LEASED: Final = {
    "postgresql": "UPDATE groups_contact SET sync_lease_until = %s WHERE id = ANY(%s::uuid[])",
    "sqlite": "UPDATE groups_contact SET sync_lease_until = %s WHERE id IN (SELECT value FROM json_each(%s))",
}
# The rows are locked in the order of their keys, as imports do, so that neither waits for the other for ever.
_TAKEN: Final = {
    "postgresql": (
        "WITH told AS (SELECT * FROM unnest(%s::uuid[], %s::jsonb[], %s::int[]) AS told(id, profile, revision)),"
        " locked AS MATERIALIZED (SELECT id FROM groups_contact WHERE id IN (SELECT id FROM told)"
        " ORDER BY id FOR UPDATE)"
        " UPDATE groups_contact contact SET {changes} FROM told JOIN locked USING (id) WHERE contact.id = told.id"
    ),
    "sqlite": (
        "WITH told AS (SELECT value ->> 0 AS id, value -> 1 AS profile, value ->> 2 AS revision FROM json_each(%s))"
        " UPDATE groups_contact AS contact SET {changes} FROM told WHERE contact.id = told.id"
    ),
}
# Whoever changed in between may have been told to forget what Braze has: a lease that ran out has them sent whole.
_CHANGES: Final = (
    "synced = told.profile, synced_at = %s, first_synced_at = COALESCE(contact.first_synced_at, %s),"
    " sync_lease_until = CASE WHEN contact.sync_revision = told.revision THEN NULL ELSE %s END,"
    " sync_error = CASE WHEN contact.sync_revision = told.revision THEN '' ELSE contact.sync_error END,"
    f" sync_state = CASE WHEN contact.sync_revision = told.revision THEN '{SyncState.SYNCED}'"
    " ELSE contact.sync_state END"
)


def take_waiting(workspace: Workspace, *, limit: int, now: datetime, lease_until: datetime) -> list[Waiting]:
    """Takes contacts that nobody has, the oldest change first. Needs a transaction."""
    vendor, brand_id = connection.vendor, workspace.brand_id
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS}{_FREE}{_LOCKED[vendor]}", [_key(brand_id), _moment(now), limit])
        rows = cursor.fetchall()
        if rows:
            ids = [row[0] for row in rows]
            cursor.execute(_LEASED[vendor], [_moment(lease_until), ids if vendor == "postgresql" else _json(ids)])
    return [
        Waiting(
            pk=key if isinstance(key, UUID) else UUID(key),
            brand_id=brand_id,
            external_id=external_id,
            email=email,
            attributes=orjson.loads(attributes),
            token=token,
            synced=orjson.loads(synced),
            sync_revision=revision,
            is_known=lease is None,
        )
        for key, external_id, email, attributes, token, synced, revision, lease in rows
    ]


def note_taken(taken: Sequence[Taken], now: datetime) -> None:
    """Notes what Braze has of contacts now; whoever changed meanwhile goes on waiting. Needs a transaction."""
    if not taken:
        return
    moment = _moment(now)
    statement = _TAKEN[connection.vendor].format(changes=_CHANGES)
    if connection.vendor == "postgresql":
        told: list[Any] = [
            [one.pk for one in taken],
            [_json(one.profile) for one in taken],
            [one.sync_revision for one in taken],
        ]
    else:
        told = [_json([[_key(one.pk), one.profile, one.sync_revision] for one in taken])]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*told, moment, moment, moment])


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _key(key: UUID) -> Any:
    return Contact._meta.pk.get_db_prep_value(key, connection)


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
