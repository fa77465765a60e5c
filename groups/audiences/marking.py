"""Saying that contacts changed since Braze last heard of them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.audiences import nudges
from groups.keeping.addresses import UNTOLD
from groups.models import Brand, Contact, SyncState, Workspace
from groups.models.contact import STAND_IN


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

    Gives their number. Costs one data point for each attribute of each contact. Of those whose address is not kept
    nobody can be sent; they are refused until a file brings them again.
    """
    forgotten = Contact.objects.filter(brand=brand, erased_at=None).update(
        sync_state=SyncState.PENDING,
        sync_error="",
        sync_revision=F("sync_revision") + 1,
        synced={},
        first_synced_at=None,
        synced_at=None,
    )
    if not brand.keeps_contacts:
        # Another workspace would take them for people without an address, to whom nothing is delivered.
        gone = Contact.objects.filter(brand=brand, email__endswith=STAND_IN).exclude(attributes__has_key=UNTOLD)
        gone.filter(erased_at=None).update(
            sync_state=SyncState.REFUSED, sync_error=_("Their address is not kept here.")
        )
    nudges.sync(Workspace.objects.filter(brand=brand).values_list("pk", flat=True).first())
    return forgotten
