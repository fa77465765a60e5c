"""Saying that contacts changed since Braze last heard of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from groups.audiences import nudges
from groups.models import Brand, Contact, SyncState, Workspace


def mark_pending(contact_ids: Iterable[UUID]) -> int:
    """Marks contacts as changed since Braze last heard of them, and nudges the sync; to be called where they change."""
    ids = list(contact_ids)
    if not ids:
        return 0
    marked = Contact.objects.filter(pk__in=ids).update(
        sync_state=SyncState.PENDING, sync_error="", sync_revision=F("sync_revision") + 1, updated_at=timezone.now()
    )
    nudges.sync(Contact.objects.filter(pk=ids[0]).values_list("brand__workspace", flat=True).first())
    return marked


def resync(*, brand: Brand) -> int:
    """Forgets what Braze has of a brand's contacts, so that each is sent whole; for a workspace that is another one.

    Gives their number. Costs one data point for each attribute of each contact.
    """
    forgotten = Contact.objects.filter(brand=brand, erased_at=None).update(
        sync_state=SyncState.PENDING,
        sync_error="",
        sync_revision=F("sync_revision") + 1,
        synced={},
        first_synced_at=None,
        synced_at=None,
    )
    nudges.sync(Workspace.objects.filter(brand=brand).values_list("pk", flat=True).first())
    return forgotten
