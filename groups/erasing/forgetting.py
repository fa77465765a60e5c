"""The portal forgets: the contact, their lists, rows of files that were not imported, and what other rooms hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.contacts.services import leave_lists
from groups.erasing.holders import Leftover, holders
from groups.erasing.kept_out import ERASED
from groups.erasing.naming import Naming
from groups.keeping.addresses import storing_of
from groups.models import (
    Brand,
    Contact,
    ContactImport,
    Erasure,
    Event,
    ImportReject,
    ImportState,
    Lift,
    Suppression,
    SuppressionReason,
    SyncState,
)
from groups.models.contact import new_token

M = TypeVar("M", bound=Model)

CHUNK: Final = 500
UNFINISHED: Final = (ImportState.MAPPING, ImportState.WAITING, ImportState.IMPORTING, ImportState.FAILED)


def nameless_address(contact: Contact) -> str:
    """Gives what stands for the address of somebody who was erased; no mail can go to it (RFC 2606)."""
    return f"{contact.pk}@erased.invalid"


def forget(erasure: Erasure, leftover: Leftover) -> str:
    """Takes everything that names a person out of the portal, and notes how much that was.

    Says what has to be waited for, and does nothing then; nothing where it is done.
    The row of the contact stays without a name, so that recipients and people left out still count; and so does one
    suppression, for the whole brand. What is left is counted in `staying`.
    """
    naming = Naming.of(erasure.brand, leftover)
    rejects = _forget_rejects(erasure.brand, naming)
    with transaction.atomic():
        contact = Contact.objects.select_for_update(of=("self",)).select_related("brand").get(pk=erasure.contact_id)
        if reason := _why_wait(contact):
            return reason
        gone = {"contact": 1, "lists": leave_lists(contact), "rejects": rejects}
        for holder in holders():
            gone |= holder.erase(contact, leftover)
        gone["lifts"] = _forget_lifts(contact, naming)
        _forget_contact(contact, naming)
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


def _forget_lifts(contact: Contact, naming: Naming) -> int:
    """Takes the person out of what was lifted; that it was, when and by whom stays."""
    stored = storing_of(contact.brand)
    by_address = Q(address__in={stored(address) for address in (*naming.addresses, contact.email)})
    lifts = Lift.objects.filter(Q(contact=contact) | by_address & Q(contact=None), brand=contact.brand)
    for lift in lifts:
        Lift.objects.filter(pk=lift.pk).update(
            address=nameless_address(contact), statement=naming.redacted(lift.statement)[:500]
        )
    return len(lifts)


def _forget_contact(contact: Contact, naming: Naming) -> None:
    address = nameless_address(contact)
    contact.suppressions.all().delete()
    # What shut the address before anybody had it; from now on its hash does.
    alone = Suppression.objects.filter(brand=contact.brand, contact=None)
    alone.filter(address__in={*naming.addresses, contact.email.lower()}).delete()
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


def _forget_rejects(brand: Brand, naming: Naming) -> int:
    """Empties the rows of files that were not imported and name the person; their line and reason stay.

    Where the address is not kept, every row that has an address is looked at: its hash tells.
    """
    found = ImportReject.objects.filter(contact_import__audience__group__brand=brand)
    words = (*naming.words, "@") if naming.digests else naming.words
    forgotten = 0
    for chunk in _in_turn(_mentioning(found, ("cells",), words)):
        named = [reject.pk for reject in chunk if any(map(naming.is_named_by, reject.cells))]
        forgotten += ImportReject.objects.filter(pk__in=named).update(cells=[])
    return forgotten


def _in_turn(rows: QuerySet[ImportReject]) -> Iterator[list[ImportReject]]:
    rows = rows.order_by("pk")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(rows.filter(pk__gt=chunk[-1].pk)[:CHUNK])


def _staying(brand: Brand, leftover: Leftover) -> dict[str, int]:
    """Counts what cannot be changed or read here: files that wait, and events of the trail, which is only added to."""
    files = ContactImport.objects.filter(audience__group__brand=brand, state__in=UNFINISHED).exclude(file="")
    events = Event.objects.filter(brand=brand).order_by()
    return {
        "files": files.count(),
        "events": _mentioning(events, ("detail", "before", "after"), leftover.addresses).count(),
    }


def _mentioning(rows: QuerySet[M], columns: Iterable[str], words: Iterable[str]) -> QuerySet[M]:
    """Narrows rows to those in whose JSON one of the words may stand; the reader looks closer."""
    wanted = set(words) - {""}
    condition = Q(pk__in=[])
    for column in columns:
        rows = rows.alias(**{f"{column}_text": Cast(column, TextField())})
        for word in wanted:
            condition |= Q(**{f"{column}_text__icontains": _as_json(word)})
    return rows.filter(condition)


def _as_json(word: str) -> str:
    """Writes a text as the database has it inside JSON: SQLite keeps other letters than ASCII escaped."""
    return json.dumps(word, ensure_ascii=connection.vendor == "sqlite")[1:-1]
