"""Standard attributes that filters use, brought to Braze a second time as custom ones, which it can filter by."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils import timezone

from groups.audiences.marking import mark_pending
from groups.models import Attribute, Contact, SyncState

CHUNK: Final = 5_000
_FIRST: Final = UUID(int=0)


def tend() -> int:
    """Lets the sync look again at the contacts that have a newly mirrored attribute, and gives how many they are.

    Whoever has been looked at costs no call. One that was cut off begins anew.
    """
    marked = 0
    for attribute in Attribute.objects.filter(is_target=True, is_custom=False, mirrored_at=None):
        begun_at = timezone.now()
        marked += _mark(attribute)
        Attribute.objects.filter(pk=attribute.pk, is_target=True).update(mirrored_at=begun_at)
    return marked


def _mark(attribute: Attribute) -> int:
    settled = Contact.objects.filter(brand=attribute.brand_id, attributes__has_key=attribute.name).exclude(
        sync_state=SyncState.PENDING
    )
    marked, last = 0, _FIRST
    while ids := list(settled.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        marked, last = marked + mark_pending(ids), ids[-1]
    return marked
