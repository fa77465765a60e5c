"""With whom a mailing shares its send ID, once Braze's quota of the day is used up (product.md, section 2, line 10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaigns.models import Delivery, Mailing

GROUPS_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Sharing:
    """How many other mailings have the same send ID, and the groups that they are of: some by name, the rest counted.

    Braze tells mailings of one send ID apart by their variation ID; `inseparable` counts those that have the same one,
    so that all numbers here are theirs, too.
    """

    mailings: int
    groups: tuple[str, ...]
    more_groups: int
    inseparable: int


def sharing_of(mailing: Mailing) -> Sharing | None:
    """Gives with whom a mailing shares a send ID; None where it has one of its own, or shares it with nobody yet."""
    mine = mailing.deliveries.filter(send_id_is_shared=True).exclude(send_id="").first()
    if mine is None:
        return None
    sharing = Delivery.objects.filter(workspace=mine.workspace_id, send_id_is_shared=True, send_id=mine.send_id)
    others = sharing.exclude(mailing=mailing)
    mailings = others.values("mailing").distinct().count()
    if not mailings:
        return None
    names = list(others.order_by("mailing__group__name").values_list("mailing__group__name", flat=True).distinct())
    inseparable = others.filter(variation_id=mine.variation_id).values("mailing").distinct().count()
    return Sharing(mailings, tuple(names[:GROUPS_NAMED]), len(names[GROUPS_NAMED:]), inseparable)
