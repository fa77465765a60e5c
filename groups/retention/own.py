"""What the rooms of this package keep: contacts, what is left of files, notices, ended sessions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, ProtectedError, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from groups.contacts.services import leave_lists
from groups.keeping.addresses import stand_ins_of
from groups.models import (
    AudienceMember,
    Contact,
    ContactImport,
    ImportReject,
    ImportState,
    Lift,
    Notice,
    Replacement,
    Suppression,
    SyncState,
)
from groups.models.contact import STAND_IN
from groups.retention.rules import Rule

FINISHED: Final = (ImportState.DONE, ImportState.DONE_WITH_ERRORS, ImportState.FAILED)
# They wait for the word of the person who brought them, who has not come back.
LEFT_LYING: Final = (ImportState.MAPPING, ImportState.CHECKED)
# What other rooms know of contacts that have been used since a moment: conditions on contacts.
_USED_SINCE: Final[list[Callable[[datetime], Exists]]] = []


def note_use(used_since: Callable[[datetime], Exists]) -> None:
    """Lets another room say whom it has used since a moment; those contacts are kept."""
    _USED_SINCE.append(used_since)


def unused_contacts(before: datetime) -> QuerySet[Contact]:
    """Gives people who were neither brought in, changed nor mailed since, and of whom there is something to forget."""
    quiet = Contact.objects.filter(updated_at__lt=before, erased_at=None).exclude(sync_state=SyncState.PENDING)
    for used_since in _USED_SINCE:
        quiet = quiet.exclude(used_since(before))
    joined = AudienceMember.objects.filter(contact=OuterRef("pk"), added_at__gte=before)
    is_here = ~Q(email__endswith=STAND_IN) | ~Q(attributes={})
    return quiet.filter(is_here).exclude(Exists(joined))


def forget_contacts(pks: Sequence[UUID]) -> int:
    """Takes people off their lists and forgets address and attributes; the proof of consent and what shuts them stay.

    What is left is what a brand keeps that keeps no contacts: the ID, a keyed hash of the address, and consent. A
    suppression is tied to the address as well as to the person, and stays as it is: a file that brings the address
    again finds it shut. A row without any of that, which nothing refers to, goes altogether.
    """
    people = list(Contact.objects.select_for_update(of=("self",)).filter(pk__in=pks).select_related("brand"))
    stand_ins = {contact.brand_id: stand_ins_of(contact.brand) for contact in people}
    has_proof = Suppression.objects.filter(contact=OuterRef("pk")), Lift.objects.filter(contact=OuterRef("pk"))
    proven = Contact.objects.filter(Exists(has_proof[0]) | Exists(has_proof[1]), pk__in=pks)
    kept = set(proven.values_list("pk", flat=True))
    for contact in people:
        leave_lists(contact)
        is_bare = not (contact.consent_source or contact.consent_on or contact.consent_text)
        if is_bare and contact.pk not in kept and _is_gone(contact):
            continue
        Contact.objects.filter(pk=contact.pk).update(
            email=stand_ins[contact.brand_id](contact.email),
            attributes={},
            synced={},
            sync_error="",
        )
    return len(people)


def _is_gone(contact: Contact) -> bool:
    """Deletes a row that nothing refers to; tells whether it could."""
    try:
        with transaction.atomic():
            contact.delete()
    except ProtectedError:
        return False  # the ledger has them
    return True


def old_imports(before: datetime) -> QuerySet[ContactImport]:
    """Gives imports of which something lies here still: rows that were refused, the undo, or a file left lying."""
    refused = ImportReject.objects.filter(contact_import=OuterRef("pk"))
    undo = Replacement.objects.filter(contact_import=OuterRef("pk"))
    over = Q(state__in=FINISHED) & (Exists(refused) | Exists(undo) | ~Q(file=""))
    return ContactImport.objects.filter(over | Q(state__in=LEFT_LYING), created_at__lt=before)


def forget_imports(pks: Sequence[UUID]) -> int:
    """Deletes files and the rows that were refused; an import that was done stays with its counts."""
    imports = list(ContactImport.objects.filter(pk__in=pks))
    ImportReject.objects.filter(contact_import__in=pks).delete()
    Replacement.objects.filter(contact_import__in=pks).delete()
    for one in imports:
        if one.file:
            one.file.delete(save=False)
    ContactImport.objects.filter(pk__in=pks, state__in=FINISHED).update(file="")
    ContactImport.objects.filter(pk__in=pks, state__in=LEFT_LYING).delete()
    return len(imports)


def _deleted(rows: QuerySet[Any]) -> int:
    number = rows.count()
    rows.delete()
    return number


RULES: Final = (
    Rule(
        name="contacts",
        words=_("People without activity"),
        setting="RETENTION_CONTACTS_DAYS",
        due=unused_contacts,
        remove=forget_contacts,
        brand_path="brand",
    ),
    Rule(
        name="imports",
        words=_("What is left of files with contacts"),
        setting="RETENTION_IMPORTS_DAYS",
        due=old_imports,
        remove=forget_imports,
        brand_path="audience__group__brand",
    ),
    Rule(
        name="notices",
        words=_("Notices, also unread ones"),
        setting="RETENTION_NOTICES_DAYS",
        due=lambda before: Notice.objects.filter(created_at__lt=before),
        remove=lambda pks: _deleted(Notice.objects.filter(pk__in=pks)),
        brand_path="brand",
    ),
    Rule(
        name="sessions",
        words=_("Sessions that have ended"),
        setting="RETENTION_SESSIONS_DAYS",
        due=lambda before: Session.objects.filter(expire_date__lt=before),
        remove=lambda pks: _deleted(Session.objects.filter(pk__in=pks)),
    ),
)
