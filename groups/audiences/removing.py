"""Deleting a list: its people stay, and whoever is on no other list of the group is no longer the group's."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import nudges
from groups.errors import InputRefused, StaleState
from groups.models import (
    Audience,
    AudienceKind,
    AudienceMember,
    Contact,
    ContactImport,
    ImportState,
    SyncState,
    User,
    Workspace,
)

UNDER_WAY = (ImportState.WAITING, ImportState.IMPORTING, ImportState.CHECKING)


def remove_list(*, audience: Audience, actor: User) -> None:
    """Deletes a list; its people stay contacts of the brand, and Braze is told.

    The row stays without members, because mailings went to it. Raises `InputRefused` for what is no list and while a
    file is being imported into it, `StaleState` where somebody deleted it already.
    """
    if audience.kind != AudienceKind.LIST:
        raise InputRefused(_("Only lists can be deleted here."))
    with transaction.atomic():
        locked = Audience.objects.select_for_update().filter(pk=audience.pk).first()
        if locked is None:
            raise StaleState
        if ContactImport.objects.filter(audience=locked, state__in=UNDER_WAY).exists():
            raise InputRefused(_("A file is being imported into this list. Wait until it is done."))
        members = AudienceMember.objects.filter(audience=locked)
        Contact.objects.filter(pk__in=members.values("contact")).update(
            sync_state=SyncState.PENDING,
            sync_error="",
            sync_revision=F("sync_revision") + 1,
            updated_at=timezone.now(),
        )
        members.delete()
        Audience.objects.filter(pk=locked.pk).update(size=0, removed_at=timezone.now())
        audit.record("audience.removed", actor=actor, target=locked, group=locked.group, people=locked.size)
        nudges.sync(Workspace.objects.filter(brand=locked.group.brand_id).values_list("pk", flat=True).first())
