"""Warnings on the message variation IDs of a brand's groups, by which Braze tells the groups apart."""

from __future__ import annotations

from typing import Final

from django.db.models import Count
from django.utils.translation import gettext as _

from groups.models import Brand, Group

VARIATIONS: Final = 8
MOST_SHARED: Final = 5
MOST_CODES: Final = 10


def variation_warnings(brand: Brand) -> tuple[str, ...]:
    """Gives warnings: more than 8 message variations in use, or one that several groups share.

    At most seven queries, and at most five sentences on shared ones, whatever the size of the tree.
    """
    mapped = Group.objects.filter(brand=brand).exclude(variation_id="")
    used = mapped.values("variation_id").annotate(groups=Count("pk")).order_by("variation_id")
    shared = list(used.filter(groups__gt=1).values_list("variation_id", "groups")[:MOST_SHARED])
    warnings = [_shared(brand, variation_id, groups) for variation_id, groups in shared]
    count = mapped.aggregate(count=Count("variation_id", distinct=True))["count"]
    if count > VARIATIONS:
        warnings.append(
            _(
                "The groups use %(count)s message variations. Braze documents %(limit)s for a campaign; check that the "
                "API campaign takes them all."
            )
            % {"count": count, "limit": VARIATIONS}
        )
    return tuple(warnings)


def _shared(brand: Brand, variation_id: str, groups: int) -> str:
    codes = Group.objects.filter(brand=brand, variation_id=variation_id).order_by("code").values_list("code", flat=True)
    listed = ", ".join(codes[:MOST_CODES])
    if groups <= MOST_CODES:
        return _("The groups %(codes)s share one message variation ID, so Braze reports them as one.") % {
            "codes": listed
        }
    return _("The groups %(codes)s and %(more)s more share one message variation ID, so Braze reports them as one.") % {
        "codes": listed,
        "more": groups - MOST_CODES,
    }
