"""Writing a chunk: new contacts, changed ones, their place on the list, and who of them gets no mail.

Nobody's row comes into Python. A few statements bring the whole chunk to its place; each does nothing where there is
nothing for it, so that a file of new people costs little more than writing them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, models
from django.db.models import F
from django.utils import timezone

from groups.audiences.imports import judging, staging
from groups.audiences.imports.chunks import Chunk
from groups.audiences.imports.folding import Folded, State, fold, known_states
from groups.audiences.imports.judging import ADDRESSED, PERSON, REFUSED, Authority, key
from groups.audiences.imports.statistics import look_at_what_has_grown
from groups.audiences.imports.tables import Row
from groups.erasing.kept_out import has_erased, keep_out
from groups.models import Audience, AudienceMember, Brand, Contact, ContactImport, ImportMode, Suppression, SyncState

_MERGED: Final = {
    "postgresql": "groups_contact.attributes || person.attributes",
    "sqlite": "json_patch(groups_contact.attributes, person.attributes)",
}
_MARK: Final = (
    "sync_state = 'pending', sync_error = '', sync_revision = groups_contact.sync_revision + 1, updated_at = %s"
)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a chunk: rows by outcome, people who come onto the list, and the rows that were refused."""

    counts: Counter[str]
    refused: tuple[Row, ...]


def write(contact_import: ContactImport, chunk: Chunk, authority: Authority) -> Written:
    """Adds and updates people by external ID and puts them on a list; a later row of the same person updates.

    Counts each row that is taken once as `new`, `updated` or `unchanged`, and the rows of people who get no mail as
    `suppressed`. Writes a contact only where something changed. Whom none of the actor's groups has is never changed:
    a row with their address puts them on the list, one with another address is refused. Whoever has the address of
    somebody who unsubscribed is unsubscribed as well. Where the file replaces its list, people wait for that. To be
    called inside a transaction.
    """
    audience = contact_import.audience
    brand = audience.group.brand
    brand_id = brand.pk
    staging.empty()
    staging.fill(chunk.packed)
    staged = stage(audience, chunk, authority, before={}, is_locking=True)
    counts, known = staged.counts, staged.known
    now = timezone.now()
    shuts_out = judging.has_suppressions(brand_id)
    _add_new(brand_id, now)
    if known:
        _change(now)
    is_replacing = contact_import.mode == ImportMode.REPLACE
    if is_replacing:
        _keep_for_later(contact_import)
    elif counts["joining"]:
        _put_on_list(audience, now, is_known=bool(known))
        Audience.objects.filter(pk=audience.pk).update(size=F("size") + counts["joining"], updated_at=now)
    if has_erased(brand):
        shuts_out = _keep_erased_out(brand) > 0 or shuts_out
    if shuts_out:
        look_at_what_has_grown()
        _shut_same_addresses(brand_id, now)
        counts["suppressed"] = judging.suppressed_rows(audience, is_written=True)
    return Written(counts, staged.refused)


@dataclass(frozen=True, slots=True)
class Staged:
    """A chunk in its table: rows by outcome, how many people are contacts already, and what was refused."""

    counts: Counter[str]
    known: int
    refused: tuple[Row, ...]
    folded: Folded


def stage(
    audience: Audience, chunk: Chunk, authority: Authority, *, before: Mapping[str, State], is_locking: bool
) -> Staged:
    """Lays the people who come several times beside the others, and judges all of them.

    `before` is what the file has said of people in earlier chunks, where those were not written.
    """
    brand_id = audience.group.brand_id
    folded = Folded()
    if chunk.repeated:
        states = known_states(brand_id, sorted(chunk.repeated), authority, is_locking=is_locking)
        folded = fold(chunk.repeated, {**states, **before})
        staging.fill(staging.pack(folded.people, first=len(chunk.single), weights=folded.weights))
    known = judging.find_known(brand_id, is_locking=is_locking)
    if known:
        judging.look_at_known(audience, authority)
    counts = judging.count(known=known, rows=chunk.single_rows, people=chunk.single_rows + len(folded.people))
    counts.update(folded.counts)
    refused = list(folded.refused)
    if counts["refused"]:
        refused += [chunk.sources[position] for position in judging.refused_positions()]
    return Staged(counts, known, tuple(refused), folded)


def _add_new(brand_id: UUID, now: datetime) -> None:
    own = {
        "id": "person.id",
        "external_id": "person.external_id",
        "email": "person.email",
        "attributes": "person.attributes",
        "consent_source": "person.consent_source",
        "consent_on": "person.consent_on",
        "consent_text": "person.consent_text",
        "token": "person.token",
    }
    fixed = {"brand_id": key(brand_id), "sync_state": SyncState.PENDING, "sync_revision": 1}
    _insert(Contact, own, fixed, now, "FROM import_row person WHERE person.contact_id IS NULL ORDER BY position")


def _change(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE groups_contact SET email = person.email, attributes = {_MERGED[connection.vendor]},"
            " consent_source = CASE WHEN person.consent_source = '' THEN groups_contact.consent_source"
            " ELSE person.consent_source END,"
            " consent_on = COALESCE(person.consent_on, groups_contact.consent_on),"
            " consent_text = CASE WHEN person.consent_text = '' THEN groups_contact.consent_text"
            f" ELSE person.consent_text END, {_MARK}"
            " FROM import_row person WHERE groups_contact.id = person.contact_id AND person.is_changed",
            [stamp(now)],
        )


def _put_on_list(audience: Audience, now: datetime, *, is_known: bool) -> None:
    """Puts people on the list; Braze is told of those whom it may know already."""
    _insert(
        AudienceMember,
        {"contact_id": PERSON},
        {"audience_id": key(audience.pk)},
        now,
        f"FROM import_row person WHERE NOT is_member AND NOT {REFUSED} ORDER BY position",
    )
    if is_known:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE groups_contact SET {_MARK} FROM import_row person WHERE groups_contact.id = person.contact_id"
                f" AND NOT person.is_member AND NOT person.is_changed AND NOT {REFUSED}",
                [stamp(now)],
            )


def _keep_for_later(contact_import: ContactImport) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO groups_replacement (contact_import_id, contact_id, part)"
            f" SELECT %s, {PERSON}, 'coming' FROM import_row person WHERE NOT {REFUSED} ORDER BY position"
            " ON CONFLICT DO NOTHING",
            [key(contact_import.pk)],
        )


def _shut_same_addresses(brand_id: UUID, now: datetime) -> None:
    """Copies the suppressions of an address to the contacts that have just been given it.

    An address is shut by somebody who unsubscribed with it, whoever has it now, and by somebody who unsubscribed and
    has it now. The copies make a contact stay unsubscribed when a later file gives it yet another address.
    """
    same = f"{ADDRESSED} AND (other.contact_id IS NULL OR other.contact_id <> {PERSON})"
    found = (
        f"SELECT {PERSON} AS contact_id, person.email AS address, other.group_id AS group_id,"
        " other.reason AS reason, other.origin AS origin"
    )
    _insert(
        Suppression,
        {
            "contact_id": "shut.contact_id",
            "address": "shut.address",
            "group_id": "shut.group_id",
            "reason": "shut.reason",
            "origin": "MIN(shut.origin)",
        },
        {"brand_id": key(brand_id), "source": "same address"},
        now,
        f"FROM ({found} FROM import_row person CROSS JOIN groups_suppression other"
        f" WHERE other.brand_id = %s AND other.address = person.email AND {same}"
        f" UNION ALL {found} FROM import_row person CROSS JOIN groups_contact holder"
        " CROSS JOIN groups_suppression other"
        " WHERE holder.brand_id = %s AND holder.email = person.email AND other.contact_id = holder.id"
        f" AND {same}) shut WHERE true GROUP BY shut.contact_id, shut.address, shut.group_id, shut.reason"
        " ON CONFLICT DO NOTHING",
        [key(brand_id), key(brand_id)],
    )


def _keep_erased_out(brand: Brand) -> int:
    """Shuts out people with the address or the ID of somebody who was erased; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PERSON}, external_id, email FROM import_row person WHERE {ADDRESSED}")
        rows = cursor.fetchall()
    return keep_out(brand, [Contact(pk=pk, external_id=external_id, email=email) for pk, external_id, email in rows])


def _insert(
    model: type[models.Model],
    own: dict[str, str],
    fixed: dict[str, UUID | str | int],
    now: datetime,
    source: str,
    parameters: Sequence[UUID | str] = (),
) -> None:
    """Inserts what a statement finds: `own` are its expressions, `fixed` values; the rest is as the model has it."""
    rest: dict[str, Any] = {}  # whatever the columns of the model take
    for field in model._meta.concrete_fields:
        assert field.column is not None
        if field.column in own or field.column in fixed or field.primary_key:
            continue
        value = now if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False) else None
        rest[field.column] = field.get_db_prep_save(field.get_default() if value is None else value, connection)
    constants = {**fixed, **rest}
    columns = ", ".join([*own, *constants])
    marks = ", ".join([*own.values(), *(["%s"] * len(constants))])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {marks} {source}",
            [*constants.values(), *parameters],
        )


def stamp(now: datetime) -> datetime | str:
    """Gives a time as the database has it."""
    found: datetime | str | None = connection.ops.adapt_datetimefield_value(now)
    assert found is not None
    return found
