"""The audit trail's only pen: an event is written in the same transaction as the change that it tells of."""

from __future__ import annotations

from django.db import models, transaction

from groups.models import Brand, Event, Group, User


def record(
    action: str,
    *,
    actor: User | None,
    target: models.Model,
    brand: Brand | None = None,
    group: Group | None = None,
    **detail: str | int | bool | None,
) -> Event:
    """Adds an event; `action` is a dotted name (`mailing.approved`), `detail` plain values without personal data.

    Either `group` or `brand` says where it happened. Raises `TransactionManagementError` outside a transaction, and
    `ValueError` without a place.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{action} must be recorded in the transaction of its change.")
    if group is not None:
        brand = group.brand
    if brand is None:
        raise ValueError("An event needs a group or a brand.")
    return Event.objects.create(
        action=action,
        actor=actor,
        brand=brand,
        group=group,
        target_kind=target._meta.model_name or "",  # Django's documented name
        target_id=str(target.pk),
        detail=detail,
    )
