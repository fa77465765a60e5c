"""Who of a chunk is known, who may be changed, who is changed: found out by one statement for all of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from groups import access
from groups.models import Audience, Contact, ContactImport, User
from groups.roles import Permission

# What the two databases say differently of JSON: an object over another one, and whether that changes it.
_CHANGES: Final = {
    "postgresql": "contact.attributes || import_row.attributes IS DISTINCT FROM contact.attributes",
    # Text that is the same says the same; where it differs, each value is compared by what it says.
    "sqlite": (
        "json_patch(contact.attributes, import_row.attributes) <> contact.attributes AND EXISTS ("
        "SELECT 1 FROM json_each(import_row.attributes) new LEFT JOIN json_each(contact.attributes) old"
        " ON old.key = new.key WHERE old.key IS NULL OR old.atom IS NOT new.atom"
        " OR (old.type IN ('true', 'false')) <> (new.type IN ('true', 'false')))"
    ),
}
_ONE_OF: Final = {
    "postgresql": "IN (SELECT given.value::uuid FROM jsonb_array_elements_text(%s::jsonb) given(value))",
    "sqlite": "IN (SELECT given.value FROM json_each(%s) given)",
}
_LOCK: Final = {"postgresql": " ORDER BY contact.id FOR NO KEY UPDATE OF contact", "sqlite": ""}
REFUSED: Final = "(is_moved AND NOT is_changeable)"


@dataclass(frozen=True, slots=True)
class Authority:
    """Whose contacts an import may change: everybody of the brand, or those on lists of some groups (by their keys).

    Those whom the import itself is bringing to a list that it replaces count too.
    """

    is_whole_brand: bool
    group_keys: str
    import_id: UUID | None

    @classmethod
    def of(cls, actor: User, audience: Audience, contact_import: ContactImport | None = None) -> Authority:
        """Gives what somebody may change: people on a list of a group where they manage contacts.

        Whoever manages the contacts of the brand's own group may change everybody, also who is on no list at all.
        """
        groups = access.groups_with(actor, Permission.MANAGE_CONTACTS).filter(brand=audience.group.brand)
        found = list(groups.values_list("pk", "parent_id"))
        return cls(
            any(parent is None for _pk, parent in found),
            json.dumps([str(key(pk)) for pk, _parent in found]),
            contact_import.pk if contact_import else None,
        )


def key(value: UUID) -> UUID | str:
    """Gives an id as the database has it."""
    found: UUID | str = Contact._meta.pk.get_db_prep_value(value, connection)
    return found


def find_known(brand_id: UUID, *, is_locking: bool) -> int:
    """Gives how many people of the chunk are contacts already, and locks them in the order of their ids."""
    lock = _LOCK[connection.vendor] if is_locking else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM (SELECT contact.id FROM import_row CROSS JOIN groups_contact contact"
            " WHERE contact.brand_id = %s AND contact.external_id = import_row.external_id"
            f"{lock}) known",
            [key(brand_id)],
        )
        number: int = cursor.fetchone()[0]
    return number


def look_at_known(audience: Audience, authority: Authority) -> None:
    """Notes beside each person who is a contact whether they may be changed, are changed, and are on the list.

    People who come several times hold only what they may change.
    """
    changeable = "true"
    parameters: list[UUID | str | None] = []
    if not authority.is_whole_brand:
        changeable = (
            "(is_folded OR EXISTS (SELECT 1 FROM groups_audiencemember place JOIN groups_audience list ON list.id ="
            f" place.audience_id WHERE place.contact_id = contact.id AND list.group_id {_ONE_OF[connection.vendor]}"
            ") OR EXISTS (SELECT 1 FROM groups_replacement coming WHERE coming.contact_id = contact.id AND"
            " coming.contact_import_id = %s))"
        )
        parameters = [authority.group_keys, key(authority.import_id) if authority.import_id else None]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE import_row SET contact_id = contact.id,"
            f" is_changeable = {changeable}, is_moved = (contact.email <> import_row.email),"
            " is_changed = (contact.email <> import_row.email"
            f" OR ({_CHANGES[connection.vendor]})"
            " OR (import_row.consent_source <> '' AND import_row.consent_source <> contact.consent_source)"
            " OR (import_row.consent_on IS NOT NULL"
            " AND (contact.consent_on IS NULL OR import_row.consent_on <> contact.consent_on))"
            " OR (import_row.consent_text <> '' AND import_row.consent_text <> contact.consent_text)),"
            " is_member = EXISTS (SELECT 1 FROM groups_audiencemember own WHERE own.audience_id = %s"
            " AND own.contact_id = contact.id)"
            " FROM groups_contact contact WHERE contact.brand_id = %s"
            " AND contact.external_id = import_row.external_id",
            [*parameters, key(audience.pk), key(audience.group.brand_id)],
        )
        cursor.execute("UPDATE import_row SET is_changed = false WHERE is_changed AND NOT is_changeable")


def count(*, known: int, rows: int, people: int) -> Counter[str]:
    """Counts the people of the chunk: `new`, `updated`, `unchanged`, `refused`, and for the list `joining`, `staying`.

    Those whose rows were counted one by one (`is_folded`) count for the list only. `rows` are the others.
    """
    if not known:
        return Counter(new=rows, joining=people)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(SUM(CASE WHEN NOT is_folded AND contact_id IS NULL THEN 1 ELSE 0 END), 0),"
            " COALESCE(SUM(CASE WHEN NOT is_folded AND is_changed THEN 1 ELSE 0 END), 0),"
            " COALESCE(SUM(CASE WHEN NOT is_folded AND contact_id IS NOT NULL AND NOT is_changed"
            f" AND NOT {REFUSED} THEN 1 ELSE 0 END), 0),"
            f" COALESCE(SUM(CASE WHEN {REFUSED} THEN 1 ELSE 0 END), 0),"
            f" COALESCE(SUM(CASE WHEN NOT is_member AND NOT {REFUSED} THEN 1 ELSE 0 END), 0),"
            f" COALESCE(SUM(CASE WHEN is_member AND NOT {REFUSED} THEN 1 ELSE 0 END), 0)"
            " FROM import_row"
        )
        names = ("new", "updated", "unchanged", "refused", "joining", "staying")
        return Counter(dict(zip(names, cursor.fetchone(), strict=True)))


def refused_positions() -> list[int]:
    """Gives the places of the rows that would have changed somebody of another group."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT position FROM import_row WHERE {REFUSED} ORDER BY position")
        return [position for (position,) in cursor.fetchall()]


def has_suppressions(brand_id: UUID) -> bool:
    """Tells whether anybody of a brand gets no mail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM groups_suppression WHERE brand_id = %s LIMIT 1", [key(brand_id)])
        return cursor.fetchone() is not None


def suppressed_rows(audience: Audience, *, is_written: bool) -> int:
    """Counts the rows whose people a group must not mail, by the rule of `queries.suppressed_by`.

    Before a chunk is written, also those whom a copy will shut out because somebody with their address is.
    """
    address = "AND found.address = person.email"
    of_group = "(found.group_id IS NULL OR found.group_id = %s)"
    brand, group = key(audience.group.brand_id), key(audience.group_id)
    conditions = [
        f"EXISTS (SELECT 1 FROM groups_suppression found WHERE found.contact_id = {PERSON} AND {of_group})",
        f"EXISTS (SELECT 1 FROM groups_suppression found WHERE found.brand_id = %s {address} AND {of_group})",
    ]
    parameters = [group, brand, group]
    if not is_written:
        # A copy for somebody who comes to an address shuts it for all who have it, also for those who had it before.
        comes = "came.email = person.email AND (came.contact_id IS NULL OR (came.is_changed AND came.is_moved))"
        conditions.append(
            "EXISTS (SELECT 1 FROM groups_contact holder JOIN groups_suppression found"
            " ON found.contact_id = holder.id CROSS JOIN import_row came"
            f" WHERE holder.brand_id = %s AND holder.email = person.email AND {comes}"
            f" AND COALESCE(came.contact_id, came.id) <> holder.id AND {of_group})"
        )
        parameters += [brand, group]
        # Somebody who is shut out may take their wish to this address in the same chunk.
        conditions.append(
            "EXISTS (SELECT 1 FROM import_row mover JOIN groups_suppression found"
            " ON found.contact_id = mover.contact_id CROSS JOIN import_row came"
            f" WHERE mover.is_changed AND mover.is_moved AND mover.email = person.email AND {comes}"
            f" AND came.position <> mover.position AND {of_group})"
        )
        parameters.append(group)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COALESCE(SUM(person.weight), 0) FROM import_row person WHERE NOT {REFUSED}"
            f" AND ({' OR '.join(conditions)})",
            parameters,
        )
        number: int = cursor.fetchone()[0]
    return number


PERSON: Final = "COALESCE(person.contact_id, person.id)"
ADDRESSED: Final = "(person.contact_id IS NULL OR (person.is_changed AND person.is_moved))"


def drop_positions(positions: Iterable[int]) -> None:
    """Takes rows out of the chunk."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM import_row WHERE position = %s", [(position,) for position in positions])
