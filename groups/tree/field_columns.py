"""What a file of groups says of the brand's own fields: a column that is called as the key of one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from django.db import transaction

from groups import audit
from groups.models import Brand, Group, GroupField, GroupFieldValue, User
from groups.tree.rows import COLUMNS, GroupRow

ROWS_AT_ONCE: Final = 500


def own_columns(brand: Brand) -> dict[str, GroupField]:
    """Gives the fields that a file may bring, by the name of their column; the portal's own columns come first."""
    return {field.key: field for field in brand.group_fields.exclude(key__in=COLUMNS)}


@transaction.atomic
def store_own(rows: Sequence[GroupRow], groups: Mapping[str, Group], actor: User | None) -> set[uuid.UUID]:
    """Stores what rows say of own fields, as groups say it themselves, and gives the groups of which that is new.

    An empty cell takes a group's own value away, so that the one from above holds. The number of statements does not
    grow with the groups, but for the events.
    """
    said = {
        (groups[row.code].pk, field.pk): (value, field)
        for row in rows
        for field, value in row.own
        if row.code in groups
    }
    standing = {
        (one.group_id, one.field_id): one
        for one in GroupFieldValue.objects.filter(field__in={field for _group, field in said})
    }
    new, other, gone = [], [], []
    changed: dict[uuid.UUID, list[str]] = {}
    for (group_id, field_id), (value, field) in said.items():
        before = standing.get((group_id, field_id))
        if value == (before.value if before else ""):
            continue
        changed.setdefault(group_id, []).append(field.key)
        if before is None:
            new.append(GroupFieldValue(group_id=group_id, field_id=field_id, value=value))
        elif value:
            before.value = value
            other.append(before)
        else:
            gone.append(before.pk)
    GroupFieldValue.objects.bulk_create(new, batch_size=ROWS_AT_ONCE)
    GroupFieldValue.objects.bulk_update(other, ["value"], batch_size=ROWS_AT_ONCE)
    for start in range(0, len(gone), ROWS_AT_ONCE):
        GroupFieldValue.objects.filter(pk__in=gone[start : start + ROWS_AT_ONCE]).delete()
    by_id = {group.pk: group for group in groups.values()}
    for group_id, keys in changed.items():
        group = by_id[group_id]
        named = ", ".join(sorted(keys))
        audit.record("group.fields_changed", actor=actor, target=group, group=group, fields=named)
    return set(changed)
