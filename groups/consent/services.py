"""What people of a brand do about suppressions: shutting addresses by hand and from a file, and the brand's policy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import BinaryIO, Final, cast

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences.imports import matching, reading
from groups.audiences.imports.tables import Limits, TableFormat
from groups.consent.forms import cleaned_addresses, reasons_of
from groups.consent.suppressing import counts_for, suppress
from groups.errors import FileUnreadable, InputRefused, NotPermitted
from groups.models import (
    Brand,
    Group,
    SuppressionOrigin,
    SuppressionReason,
    UnsubscribeScope,
    User,
    Workspace,
)

MOST_ROWS: Final = 20_000
MOST_BYTES: Final = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Added:
    """How many addresses were given, how many of them were open before, and how many rows held no address."""

    addresses: int
    opened: int
    wrong: int = 0


def add_addresses(
    *, group: Group, addresses: Collection[str], reason: SuppressionReason, note: str = "", actor: User
) -> Added:
    """Shuts addresses by hand, for a group or where the reason counts everywhere for the brand; each stands once.

    Raises `NotPermitted` for a reason that only head office gives.
    """
    _demand_reason(group, reason)
    counts = counts_for(group.brand, group, reason)
    with transaction.atomic():
        opened = suppress(
            brand=group.brand,
            addresses=addresses,
            group=counts,
            reason=reason,
            origin=SuppressionOrigin.HAND,
            note=note,
            actor=actor,
        )
        audit.record(
            "suppression.added",
            actor=actor,
            target=group,
            group=group,
            reason=str(reason),
            addresses=opened,
            is_brand_wide=counts is None,
        )
    return Added(len(addresses), opened)


def import_addresses(*, group: Group, file: File[bytes], reason: SuppressionReason, actor: User) -> Added:
    """Shuts the addresses of a file; nobody is ever let in by one.

    The addresses stand in the column that is called like one of addresses, or in the only column. Raises
    `FileUnreadable` for a file that is no such table or is too large, and `NotPermitted` as `add_addresses`.
    """
    _demand_reason(group, reason)
    limits = Limits(MOST_BYTES, 1000)
    source = cast("BinaryIO", file)
    table = reading.detect(source, limits)
    column = _column(table)
    cells: list[str] = []
    for row in reading.rows(source, table, limits):
        if len(cells) >= MOST_ROWS:
            raise FileUnreadable(_("The file has more than 20,000 rows. Cut it into smaller ones."))
        cells.append(row.cells[column] if column < len(row.cells) else "")
    addresses, wrong = cleaned_addresses(cells)
    if not addresses:
        raise InputRefused(_("No email address stands in this file."))
    counts = counts_for(group.brand, group, reason)
    with transaction.atomic():
        opened = suppress(
            brand=group.brand,
            addresses=addresses,
            group=counts,
            reason=reason,
            origin=SuppressionOrigin.FILE,
            actor=actor,
        )
        audit.record(
            "suppression.imported",
            actor=actor,
            target=group,
            group=group,
            reason=str(reason),
            addresses=opened,
            rows=len(cells),
            is_brand_wide=counts is None,
        )
    return Added(len(addresses), opened, len(wrong))


def save_policy(*, brand: Brand, unsubscribe_scope: UnsubscribeScope, subscription_group_id: str, actor: User) -> None:
    """Says what leaving one group counts for from now on, and which subscription group of Braze look-ups ask for.

    Who left one group before stays with the others.
    """
    with transaction.atomic():
        locked = Brand.objects.select_for_update().get(pk=brand.pk)
        workspace = Workspace.objects.filter(brand=brand).first()
        before: dict[str, audit.Value] = {
            "unsubscribe_scope": locked.unsubscribe_scope,
            "subscription_group_id": workspace.subscription_group_id if workspace else "",
        }
        Brand.objects.filter(pk=brand.pk).update(unsubscribe_scope=unsubscribe_scope)
        Workspace.objects.filter(brand=brand).update(subscription_group_id=subscription_group_id)
        audit.record(
            "consent.policy_changed",
            actor=actor,
            target=brand,
            brand=brand,
            before=before,
            after={
                "unsubscribe_scope": str(unsubscribe_scope),
                "subscription_group_id": subscription_group_id if workspace else "",
            },
        )
    brand.refresh_from_db(fields=["unsubscribe_scope"])


def _demand_reason(group: Group, reason: SuppressionReason) -> None:
    if reason not in reasons_of(group):
        raise NotPermitted(_("Only head office shuts addresses for this reason."))


def _column(table: TableFormat) -> int:
    """Gives the position of the addresses; raises `FileUnreadable` where it cannot be told."""
    found = [
        position for position, target in matching.match(table.headers, ()).mapping.items() if target == matching.EMAIL
    ]
    if found:
        return found[0]
    if len(table.headers) == 1:
        return 0
    raise FileUnreadable(_("No column is called “email”. Put this word above the column of addresses."))
