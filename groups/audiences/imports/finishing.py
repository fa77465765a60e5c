"""How an import ends: done, tried, or failed; who is told, and what becomes of the file."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from groups import access, audit
from groups.audiences import nudges
from groups.audiences.imports import endings, kinds, replacing
from groups.models import Audience, ContactImport, ImportMode, ImportReject, ImportState, User, Workspace
from groups.notices.kinds import Kind
from groups.notices.services import tell
from groups.roles import Permission


def forget_counts(contact_import: ContactImport) -> None:
    """Sets an import back to its first row, before it is tried and before it is done in earnest."""
    counted = ("done", "new", "updated", "unchanged", "rejected", "suppressed", "joining", "leaving")
    with transaction.atomic():
        ImportReject.objects.filter(contact_import=contact_import).delete()
        ContactImport.objects.filter(pk=contact_import.pk).update(**{f"rows_{name}": 0 for name in counted})
    contact_import.refresh_from_db(fields=[f"rows_{name}" for name in counted])


def finish_trial(contact_import: ContactImport, lease: datetime, *, staying: int) -> None:
    """Notes what a trial found; the import now waits for its uploader's word."""
    size = Audience.objects.get(pk=contact_import.audience_id).size
    leaving = size - staying if contact_import.mode == ImportMode.REPLACE else 0
    with transaction.atomic():
        moved = ContactImport.objects.filter(
            pk=contact_import.pk, state=ImportState.CHECKING, lease_until=lease
        ).update(
            state=ImportState.CHECKED,
            rows_leaving=max(0, leaving),
            size_before=size,
            lease_until=None,
        )
        if moved:
            contact_import.refresh_from_db()
            group = contact_import.audience.group
            audit.record(
                "import.tried",
                actor=contact_import.uploaded_by,
                target=contact_import,
                group=group,
                rows=contact_import.rows_done,
                rejected=contact_import.rows_rejected,
            )
            _tell(contact_import, kinds.TRIED, [contact_import.uploaded_by])


def finish(contact_import: ContactImport, lease: datetime) -> None:
    """Ends an import whose last row is written; a list that is replaced changes in the same act."""
    with transaction.atomic():
        ours = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.IMPORTING, lease_until=lease)
        if not ours.update(lease_until=lease):
            return
        contact_import.refresh_from_db()
        if contact_import.mode == ImportMode.REPLACE:
            replacing.replace(contact_import)
        state = ImportState.DONE_WITH_ERRORS if contact_import.rows_rejected else ImportState.DONE
        ours.update(state=state, finished_at=timezone.now(), lease_until=None)
        contact_import.state = state
        group = contact_import.audience.group
        audit.record(
            "import.finished",
            actor=contact_import.uploaded_by,
            target=contact_import,
            group=group,
            rows=contact_import.rows_done,
            rejected=contact_import.rows_rejected,
        )
        _tell(contact_import, kinds.FINISHED, [contact_import.uploaded_by])
        endings.ended(contact_import)
        nudges.sync(Workspace.objects.filter(brand=group.brand_id).values_list("pk", flat=True).first())
        transaction.on_commit(lambda: _forget_file(contact_import))


def fail(contact_import: ContactImport, sentence: str) -> None:
    """Ends an import that cannot go on, with the sentence for its uploader."""
    with transaction.atomic():
        moved = ContactImport.objects.filter(
            pk=contact_import.pk, state__in=(ImportState.IMPORTING, ImportState.CHECKING)
        ).update(state=ImportState.FAILED, failure=sentence, finished_at=timezone.now(), lease_until=None)
        if moved:
            group = contact_import.audience.group
            audit.record("import.failed", actor=contact_import.uploaded_by, target=contact_import, group=group)
            _tell(contact_import, kinds.FAILED, [contact_import.uploaded_by])
            contact_import.state = ImportState.FAILED
            endings.ended(contact_import)


def tell_above(contact_import: ContactImport) -> None:
    """Tells the people who manage contacts in the next group above that a large file comes in (catalogue A14)."""
    group = contact_import.audience.group
    above = group.parent or group
    people = access.members_with(above, Permission.MANAGE_CONTACTS).exclude(pk=contact_import.uploaded_by_id)
    _tell(contact_import, kinds.LARGE, list(people))


def _tell(contact_import: ContactImport, kind: Kind, people: list[User]) -> None:
    tell(
        people,
        kind,
        about=f"import:{contact_import.pk}",
        path=reverse("groups:import-show", args=[contact_import.pk]),
        group=contact_import.audience.group,
        file=contact_import.file_name,
        audience=contact_import.audience.name,
        where=contact_import.audience.group.name,
        person=contact_import.uploaded_by.name,
        rows=contact_import.rows_total,
        rejected=contact_import.rows_rejected,
        taken=contact_import.rows_done - contact_import.rows_rejected,
    )


def _forget_file(contact_import: ContactImport) -> None:
    """Deletes the uploaded file: its people are contacts now, and its rejects are kept."""
    contact_import.file.delete(save=False)
    ContactImport.objects.filter(pk=contact_import.pk).update(file="")
