"""Replacing a list by a file in one act, and taking that back (catalogue A5).

While the file is read its people wait beside the list, so that no mailing ever sees half of either.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import nudges
from groups.audiences.imports.judging import key
from groups.audiences.imports.writing import stamp
from groups.errors import InputRefused, StaleState
from groups.models import (
    Audience,
    AudienceMember,
    Contact,
    ContactImport,
    ImportMode,
    ImportState,
    Replacement,
    ReplacementPart,
    SyncState,
    User,
    Workspace,
)

UNDO_DAYS: Final = 30


def replace(contact_import: ContactImport) -> None:
    """Makes the list hold whom the file named and nobody else; keeps who came and who went.

    To be called inside the transaction that ends the import.
    """
    audience = Audience.objects.select_for_update().get(pk=contact_import.audience_id)
    members = AudienceMember.objects.filter(audience=audience)
    parts = Replacement.objects.filter(contact_import=contact_import)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO groups_replacement (contact_import_id, contact_id, part)"
            " SELECT %s, place.contact_id, 'left' FROM groups_audiencemember place WHERE place.audience_id = %s"
            " AND NOT EXISTS (SELECT 1 FROM groups_replacement coming WHERE coming.contact_import_id = %s"
            " AND coming.contact_id = place.contact_id)",
            [key(contact_import.pk), key(audience.pk), key(contact_import.pk)],
        )
    coming, left = parts.filter(part=ReplacementPart.COMING), parts.filter(part=ReplacementPart.LEFT)
    members.filter(contact__in=left.values("contact")).delete()
    coming.filter(contact__in=members.values("contact")).delete()
    _put_on(audience, contact_import, ReplacementPart.COMING)
    coming.update(part=ReplacementPart.JOINED)
    _tell_braze(contact_import)
    joined_count, left_count = parts.filter(part=ReplacementPart.JOINED).count(), left.count()
    size = audience.size - left_count + joined_count
    Audience.objects.filter(pk=audience.pk).update(size=size, updated_at=timezone.now())
    ContactImport.objects.filter(pk=contact_import.pk).update(
        rows_joining=joined_count, rows_leaving=left_count, size_before=audience.size
    )
    audit.record(
        "audience.replaced",
        actor=contact_import.uploaded_by,
        target=audience,
        group=audience.group,
        before={"size": audience.size},
        after={"size": size},
    )


def _put_on(audience: Audience, contact_import: ContactImport, part: ReplacementPart) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO groups_audiencemember (audience_id, contact_id, added_at)"
            " SELECT %s, part.contact_id, %s FROM groups_replacement part WHERE part.contact_import_id = %s"
            " AND part.part = %s ON CONFLICT DO NOTHING",
            [
                key(audience.pk),
                stamp(timezone.now()),
                key(contact_import.pk),
                part.value,
            ],
        )


def _tell_braze(contact_import: ContactImport) -> None:
    """Marks everybody who came or went as changed; whoever ends the act nudges the sync."""
    concerned = Replacement.objects.filter(contact_import=contact_import).values("contact")
    Contact.objects.filter(pk__in=concerned).update(
        sync_state=SyncState.PENDING, sync_error="", sync_revision=F("sync_revision") + 1, updated_at=timezone.now()
    )


def can_be_undone(contact_import: ContactImport) -> bool:
    """Tells whether a replacement can be taken back: the last one of its list, for `UNDO_DAYS` days."""
    if (
        contact_import.mode != ImportMode.REPLACE
        or contact_import.finished_at is None
        or contact_import.undone_at is not None
        or contact_import.state not in (ImportState.DONE, ImportState.DONE_WITH_ERRORS)
        or contact_import.finished_at < timezone.now() - timedelta(days=UNDO_DAYS)
    ):
        return False
    later = ContactImport.objects.filter(
        audience=contact_import.audience_id, mode=ImportMode.REPLACE, finished_at__gt=contact_import.finished_at
    )
    return not later.filter(state__in=(ImportState.DONE, ImportState.DONE_WITH_ERRORS)).exists()


def undo(*, contact_import: ContactImport, actor: User) -> None:
    """Puts back whom a replacement took off the list, and takes off whom it brought; people added since then stay.

    What the file said of the people themselves stays. Raises `StaleState` where it was taken back already, and
    `InputRefused` where it cannot be any more.
    """
    with transaction.atomic():
        audience = Audience.objects.select_for_update().get(pk=contact_import.audience_id)
        contact_import.refresh_from_db()
        if contact_import.undone_at is not None:
            raise StaleState
        if not can_be_undone(contact_import):
            raise InputRefused(_("The list has been replaced again since then, or it is too long ago."))
        parts = Replacement.objects.filter(contact_import=contact_import)
        joined = parts.filter(part=ReplacementPart.JOINED)
        AudienceMember.objects.filter(audience=audience, contact__in=joined.values("contact")).delete()
        _put_on(audience, contact_import, ReplacementPart.LEFT)
        _tell_braze(contact_import)
        parts.delete()
        size = audience.members.count()
        Audience.objects.filter(pk=audience.pk).update(size=size, updated_at=timezone.now())
        ContactImport.objects.filter(pk=contact_import.pk).update(undone_at=timezone.now())
        audit.record(
            "audience.replacement_undone",
            actor=actor,
            target=audience,
            group=audience.group,
            before={"size": audience.size},
            after={"size": size},
        )
        nudges.sync(Workspace.objects.filter(brand=audience.group.brand_id).values_list("pk", flat=True).first())
    contact_import.refresh_from_db()
