"""What a brand keeps of contacts at this moment: read under a lock by whatever writes contacts or addresses.

Whoever writes holds the brand for the rest of the transaction, many at once; a change-over takes the same lock alone,
to begin, for each of its chunks, and to end. So a request that began before it either is written before it begins, or
sees it. What the two databases say differently stands here: SQLite lets one transaction write at a time.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from groups.errors import ChangingOver
from groups.models import Brand, Forgetting

_HELD: Final = {"postgresql": " FOR SHARE", "sqlite": ""}


def hold(brand: Brand) -> bool:
    """Keeps a change-over from beginning, going on or ending until the transaction is over.

    Reads into `brand` what it keeps now, and tells whether it is being changed over. Costs one query while contacts are
    kept, and two afterwards. Raises `TransactionManagementError` outside a transaction.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("A brand is held within a transaction.")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT keeps_contacts FROM groups_brand WHERE id = %s{_HELD[connection.vendor]}",
            [Brand._meta.pk.get_db_prep_value(brand.pk, connection)],
        )
        row = cursor.fetchone()
    if row is None:
        raise Brand.DoesNotExist
    brand.keeps_contacts = bool(row[0])
    return not brand.keeps_contacts and is_changing_over(brand.pk)


def demand_settled(brand: Brand) -> None:
    """Holds a brand as `hold` does; raises `ChangingOver` where it is being changed over."""
    if hold(brand):
        raise ChangingOver(sentence())


def is_changing_over(brand_id: UUID) -> bool:
    """Tells whether a brand is being changed over; for whoever only shows it, or asks again under the lock."""
    return Forgetting.objects.filter(brand=brand_id, finished_at=None).exists()


def sentence() -> str:
    """Says what has to be waited for."""
    return _(
        "The portal is just forgetting the addresses and attributes of this brand's contacts. "
        "Try again when that is done; nothing was changed."
    )
