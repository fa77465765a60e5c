"""The portal forgets: the contact, their lists, rows of files that were not imported, and what other rooms hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.audiences import cleaning
from groups.audiences.rejects import CellRefused
from groups.contacts.services import leave_lists
from groups.erasing.holders import Leftover, holders
from groups.erasing.kept_out import ERASED
from groups.models import (
    Brand,
    Contact,
    ContactImport,
    Erasure,
    Event,
    ImportReject,
    ImportState,
    Suppression,
    SuppressionReason,
    SyncState,
)
from groups.models.contact import new_token

M = TypeVar("M", bound=Model)

CHUNK: Final = 500
UNFINISHED: Final = (ImportState.MAPPING, ImportState.WAITING, ImportState.IMPORTING, ImportState.FAILED)
REDACTED: Final = "(erased)"


def nameless_address(contact: Contact) -> str:
    """Gives what stands for the address of somebody who was erased; no mail can go to it (RFC 2606)."""
    return f"{contact.pk}@erased.invalid"


def forget(erasure: Erasure, leftover: Leftover) -> str:
    """Takes everything that names a person out of the portal, and notes how much that was.

    Says what has to be waited for, and does nothing then; nothing where it is done.
    The row of the contact stays without a name, so that recipients and people left out still count; and so does one
    suppression, for the whole brand. What is left is counted in `staying`.
    """
    rejects = _forget_rejects(erasure.brand, leftover)
    with transaction.atomic():
        contact = Contact.objects.select_for_update(of=("self",)).select_related("brand").get(pk=erasure.contact_id)
        if reason := _why_wait(contact):
            return reason
        gone = {"contact": 1, "lists": leave_lists(contact), "rejects": rejects}
        for holder in holders():
            gone |= holder.erase(contact, leftover)
        _forget_contact(contact)
        Erasure.objects.filter(pk=erasure.pk).update(
            portal_done_at=timezone.now(), gone=gone, staying=_staying(erasure.brand, leftover)
        )
    erasure.refresh_from_db(fields=["portal_done_at", "gone", "staying"])
    return ""


def _why_wait(contact: Contact) -> str:
    """Says why it is too early: what Braze was told last might reach the profile after it was deleted (B-TRK-17/18).

    The row must be locked, so that no sync begins meanwhile.
    """
    now = timezone.now()
    if contact.sync_lease_until is not None and contact.sync_lease_until > now:
        return _("Waiting for a call to Braze that is under way.")
    propagation = timedelta(seconds=settings.BRAZE_PROPAGATION_SECONDS)
    if contact.synced_at is not None and contact.synced_at + propagation > now:
        return _("Waiting until Braze has stored what it was told last.")
    return ""


def _forget_contact(contact: Contact) -> None:
    address = nameless_address(contact)
    contact.suppressions.all().delete()
    Suppression.objects.create(
        contact=contact,
        brand=contact.brand,
        address=address,
        reason=SuppressionReason.BLOCKED,
        source=ERASED,
    )
    Contact.objects.filter(pk=contact.pk).update(
        external_id=f"erased-{contact.pk}",
        email=address,
        attributes={},
        consent_source="",
        consent_on=None,
        consent_text="",
        token=new_token(),
        sync_state=SyncState.SYNCED,
        sync_error="",
        sync_revision=contact.sync_revision + 1,
        sync_lease_until=None,
        synced={},
        first_synced_at=None,
        synced_at=None,
        erased_at=timezone.now(),
    )


def _forget_rejects(brand: Brand, leftover: Leftover) -> int:
    """Empties the rows of files that were not imported and name the person; their line and reason stay."""
    found = ImportReject.objects.filter(contact_import__audience__group__brand=brand)
    forgotten = 0
    for chunk in _in_turn(_mentioning(found, ("cells",), leftover)):
        named = [reject.pk for reject in chunk if any(_names(cell, leftover) for cell in reject.cells)]
        forgotten += ImportReject.objects.filter(pk__in=named).update(cells=[])
    return forgotten


def _in_turn(rows: QuerySet[ImportReject]) -> Iterator[list[ImportReject]]:
    rows = rows.order_by("pk")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(rows.filter(pk__gt=chunk[-1].pk)[:CHUNK])


def _names(cell: object, leftover: Leftover) -> bool:
    said = str(cell).lower()
    if any(re.search(rf"(?<![\w.+-]){re.escape(address)}(?![\w-])", said) for address in leftover.addresses):
        return True
    try:
        return cleaning.text(str(cell)) == leftover.external_id
    except CellRefused:
        return False


def _staying(brand: Brand, leftover: Leftover) -> dict[str, int]:
    """Counts what cannot be changed or read here: files that wait, and events of the trail, which is only added to."""
    files = ContactImport.objects.filter(audience__group__brand=brand, state__in=UNFINISHED).exclude(file="")
    events = Event.objects.filter(brand=brand).order_by()
    by_address = Leftover("", leftover.addresses, (), was_told=False)
    return {
        "files": files.count(),
        "events": _mentioning(events, ("detail", "before", "after"), by_address).count(),
    }


def _mentioning(rows: QuerySet[M], columns: Iterable[str], leftover: Leftover) -> QuerySet[M]:
    """Narrows rows to those in whose JSON the person may stand; the reader looks closer."""
    condition = Q(pk__in=[])
    for column in columns:
        rows = rows.alias(**{f"{column}_text": Cast(column, TextField())})
        for word in {*leftover.addresses, leftover.external_id} - {""}:
            condition |= Q(**{f"{column}_text__icontains": _as_json(word)})
    return rows.filter(condition)


def _as_json(word: str) -> str:
    """Writes a text as the database has it inside JSON: SQLite keeps other letters than ASCII escaped."""
    return json.dumps(word, ensure_ascii=connection.vendor == "sqlite")[1:-1]


def redacted(text: str, leftover: Leftover) -> str:
    """Gives a text, such as what Braze wrote, without the addresses and the ID of a person."""
    for word in sorted({*leftover.addresses, leftover.external_id} - {""}, key=len, reverse=True):
        place = text.lower().find(word.lower())
        while place >= 0:
            text = text[:place] + REDACTED + text[place + len(word) :]
            place = text.lower().find(word.lower(), place + len(REDACTED))
    return text
