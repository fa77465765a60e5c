"""The audit trail's only pen: an event is written in the same transaction as the change that it tells of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, time
from typing import Final
from uuid import UUID

from django.db import models, transaction

from groups.models import Brand, Event, Group, User
from groups.trail import origins

Value = str | int | bool | date | time | UUID | Sequence[str] | Mapping[str, str] | None

NOT_KEPT: Final = "(not kept)"
"""Stands in `before` and `after` for a value that is personal or secret."""


def record(
    action: str,
    *,
    actor: User | None,
    target: models.Model,
    brand: Brand | None = None,
    group: Group | None = None,
    before: Mapping[str, Value] | None = None,
    after: Mapping[str, Value] | None = None,
    not_kept: Collection[str] = (),
    **detail: str | int | bool | None,
) -> Event:
    """Adds an event; `action` is a dotted name (`mailing.approved`), `detail` plain values without personal data.

    Either `group` or `brand` says where it happened. Of `before` and `after` only what differs is kept, and of
    the names in `not_kept`, whose values are personal or secret, only that it differs. For a member in whose name
    somebody acts, the event names both. The network is kept for people who are signed in, never for
    contacts. Raises `TransactionManagementError` outside a transaction, and `ValueError` without a place.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{action} must be recorded in the transaction of its change.")
    if group is not None:
        brand = group.brand
    if brand is None:
        raise ValueError("An event needs a group or a brand.")
    acted_by = actor.acted_by if actor is not None else None
    whence = origins.current()
    was, became = _differing(before or {}, after or {}, not_kept)
    return Event.objects.create(
        action=action,
        actor=acted_by or actor,
        acting_as=actor if acted_by is not None else None,
        brand=brand,
        group=group,
        target_kind=target._meta.model_name or "",  # Django's documented name
        target_id=str(target.pk),
        origin=whence.origin or "",
        place="" if whence.is_network and actor is None else whence.place,
        detail=detail,
        before=was,
        after=became,
    )


def _differing(
    before: Mapping[str, Value], after: Mapping[str, Value], not_kept: Collection[str]
) -> tuple[dict[str, Value], dict[str, Value]]:
    """Leaves out of both what is the same; a name that is not there is as one without a value."""
    changed = {name for name in (*before, *after) if before.get(name) != after.get(name)}
    was, became = (
        {name: NOT_KEPT if name in not_kept else _stored(value) for name, value in one.items() if name in changed}
        for one in (before, after)
    )
    return was, became


def _stored(value: Value) -> Value:
    return str(value) if isinstance(value, date | time | UUID) else value
