"""The statements of the sync, by hand: it takes and gives back hundreds of contacts several times a second.

What the two databases say differently stands here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
_CODES_OF: Final = (
    "SELECT member.contact_id, of.code FROM groups_audiencemember member"
    " JOIN groups_audience audience ON audience.id = member.audience_id AND audience.kind = 'list'"
    " JOIN groups_group of ON of.id = audience.group_id WHERE member.contact_id "
)
_CODES: Final = {
    "postgresql": f"{_CODES_OF} = ANY(%s::uuid[])",
    "sqlite": f"{_CODES_OF} IN (SELECT value FROM json_each(%s))",
}
_SHUT_OF: Final = (
    "SELECT shut.contact_id, shut.brand_id, shut.address, of.code FROM groups_suppression shut"
    " LEFT JOIN groups_group of ON of.id = shut.group_id WHERE shut."
)
_SHUT: Final = {
    "postgresql": (
        f"{_SHUT_OF}contact_id = ANY(%s::uuid[]) UNION {_SHUT_OF}brand_id = ANY(%s::uuid[])"
        " AND shut.address IN (SELECT jsonb_array_elements_text(%s::jsonb))"
    ),
    "sqlite": (
        f"{_SHUT_OF}contact_id IN (SELECT value FROM json_each(%s)) UNION {_SHUT_OF}brand_id IN"
        " (SELECT value FROM json_each(%s)) AND shut.address IN (SELECT value FROM json_each(%s))"
    ),
}
# The rows are locked in the order of their keys, as imports do, so that neither waits for the other for ever.
_TAKEN: Final = {
    "postgresql": (
        "WITH told AS MATERIALIZED (SELECT (value ->> 0)::uuid AS id, value -> 1 AS profile,"
        " (value ->> 2)::int AS revision FROM jsonb_array_elements(%s::jsonb)),"
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
_FORGOTTEN: Final = (
    ", attributes = CASE WHEN contact.sync_revision = told.revision THEN '{}' ELSE contact.attributes END"
)


def take_waiting(workspace: Workspace, *, limit: int, now: datetime, lease_until: datetime) -> list[Waiting]:
    """Takes contacts that nobody has, the oldest change first. Needs a transaction."""
    vendor, brand_id = connection.vendor, workspace.brand_id
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS}{_FREE}{_LOCKED[vendor]}", [_key(brand_id), _moment(now), limit])
        rows = cursor.fetchall()
        if rows:
            ids = [row[0] for row in rows]
            cursor.execute(_LEASED[vendor], [_moment(lease_until), _keys(ids)])
    return [
        Waiting(
            pk=_uuid(key),
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


def note_taken(taken: Sequence[Taken], now: datetime, *, forgets: bool) -> None:
    """Notes what Braze has of contacts now; whoever changed meanwhile goes on waiting. Needs a transaction.

    With `forgets` nothing else is kept of those who did not change.
    """
    if not taken:
        return
    moment = _moment(now)
    statement = _TAKEN[connection.vendor].format(changes=_CHANGES + (_FORGOTTEN if forgets else ""))
    # One document: writing an array of them by hand costs the worker more than Braze's answer does.
    told = _json([[_key(one.pk), one.profile, one.sync_revision] for one in taken])
    with connection.cursor() as cursor:
        cursor.execute(statement, [told, moment, moment, moment])


def codes_on_lists(contact_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Gives the codes of the groups on whose lists contacts are, by contact."""
    ids = [_key(one) for one in contact_ids]
    found: dict[UUID, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CODES[connection.vendor], [_keys(ids)])
        for key, code in cursor.fetchall():
            found.setdefault(_uuid(key), set()).add(code)
    return found


def shut_codes(
    contact_ids: Iterable[UUID], brand_ids: Iterable[UUID], addresses: Iterable[str]
) -> list[tuple[UUID | None, UUID, str, str | None]]:
    """Gives contact, brand, address and group code of what shuts people out.

    Without a code it is the whole brand; without a contact it is the address alone.
    """
    contacts, brands = _keys([_key(one) for one in contact_ids]), _keys([_key(one) for one in brand_ids])
    with connection.cursor() as cursor:
        cursor.execute(_SHUT[connection.vendor], [contacts, brands, _json(list(addresses))])
        rows = cursor.fetchall()
    return [(contact and _uuid(contact), _uuid(brand), address, code) for contact, brand, address, code in rows]


def _uuid(key: UUID | str) -> UUID:
    return key if isinstance(key, UUID) else UUID(key)


def _keys(keys: Sequence[object]) -> str:
    """Gives keys as one parameter: an array's text for PostgreSQL, JSON for SQLite."""
    return "{" + ",".join(map(str, keys)) + "}" if connection.vendor == "postgresql" else _json(keys)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _key(key: UUID) -> Any:
    return Contact._meta.pk.get_db_prep_value(key, connection)


def _moment(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
