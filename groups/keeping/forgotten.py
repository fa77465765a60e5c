"""What this room's tables hold of contacts, and how each of them forgets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from groups.audiences.marking import mark_pending
from groups.audiences.profiles import as_hashes
from groups.audiences.same_address import suppress_same_addresses
from groups.keeping.places import Exchange, Place, mentions, not_exchanged, rooms, shortened, text_place
from groups.keeping.rewriting import rewrite
from groups.keeping.texts import NOBODY, names_address
from groups.models import (
    Brand,
    Contact,
    ContactImport,
    Erasure,
    HeaderChoice,
    ImportReject,
    ImportState,
    Lift,
    Notice,
    Suppression,
    SyncState,
)

_CONSENT: Final = ("consent_source", "consent_text")
_FILE: Final = ("file_name", "failure", "headers", *_CONSENT)


def places() -> tuple[Place, ...]:
    """Gives every place, those of rooms above after our own.

    Suppressions come before contacts, so that whoever is exchanged meets what shuts them.
    """
    return (*_OWN, *(place for room in rooms() for place in room.places))


def _names_somebody(address: str) -> bool:
    return not address.endswith(NOBODY)


def _raw_suppressions(brand: Brand) -> QuerySet[Suppression]:
    rows, words = mentions(Suppression.objects.filter(brand=brand), ("source", "note"))
    return rows.filter(not_exchanged("address") | words)


def _exchange_suppressions(exchange: Exchange, rows: Sequence[Suppression]) -> None:
    """Gives suppressions their stand-ins; of two spellings of one address the older stays, so that nobody is let in."""
    wanted = {row.pk: exchange.stand_in(row.address) for row in rows}
    taken: dict[tuple[object, ...], int] = {}
    same = Suppression.objects.filter(brand=exchange.brand, address__in=set(wanted.values()))
    for known in same.exclude(pk__in=wanted).order_by("pk"):
        taken[known.contact_id, known.address, known.group_id, known.reason] = known.pk
    doubled, kept = [], []
    for row in rows:
        key = (row.contact_id, wanted[row.pk], row.group_id, row.reason)
        other = taken.get(key)
        if other is not None and other < row.pk:
            doubled.append(row.pk)
            continue
        if other is not None:
            doubled.append(other)
        taken[key] = row.pk
        kept.append(row)
    Suppression.objects.filter(pk__in=doubled).delete()
    rewrite(
        Suppression,
        ("address", "source", "note"),
        ((row.pk, wanted[row.pk], shortened(row, "source"), shortened(row, "note")) for row in kept),
    )


def _raw_lifts(brand: Brand) -> QuerySet[Lift]:
    rows, words = mentions(Lift.objects.filter(brand=brand), ("statement",))
    return rows.filter(not_exchanged("address") | words)


def _exchange_lifts(exchange: Exchange, rows: Sequence[Lift]) -> None:
    rewrite(
        Lift,
        ("address", "statement"),
        ((row.pk, exchange.stand_in(row.address), shortened(row, "statement")) for row in rows),
    )


def _raw_contacts(brand: Brand) -> QuerySet[Contact]:
    rows, words = mentions(Contact.objects.filter(brand=brand, erased_at=None), ("sync_error", *_CONSENT))
    columns = ("pk", "brand_id", "external_id", "email", "attributes", "synced", "sync_state", "sync_error", *_CONSENT)
    return rows.filter(not_exchanged("email") | ~Q(attributes={}) | words).only(*columns)


def _is_raw_contact(row: Contact) -> bool:
    said = [row.sync_error, row.consent_source, row.consent_text]
    return _names_somebody(row.email) or row.attributes != {} or names_address(said)


def _exchange_contacts(exchange: Exchange, rows: Sequence[Contact]) -> None:
    """Leaves of contacts what a sync leaves of them where none are kept, and shuts out who has an address that is shut.

    Whoever has a stand-in already has hashes of what Braze was told as well.
    """
    changed: list[tuple[object, ...]] = []
    for row in rows:
        address = exchange.stand_in(row.email)
        if address != row.email:
            row.synced = as_hashes(exchange.key, row.synced)
            row.email = address
        if row.sync_state == SyncState.REFUSED:
            row.sync_error = _("Their address is not kept here.")
        consent = (shortened(row, "consent_source"), shortened(row, "consent_text"))
        changed.append((row.pk, row.email, {}, row.synced, shortened(row, "sync_error"), *consent))
    rewrite(Contact, ("email", "attributes", "synced", "sync_error", *_CONSENT), changed)
    mark_pending(suppress_same_addresses(exchange.brand, rows))


def _raw_rejects(brand: Brand) -> QuerySet[ImportReject]:
    rows, words = mentions(ImportReject.objects.filter(contact_import__audience__group__brand=brand), ("detail",))
    return rows.filter(~Q(cells=[]) | words)


def _exchange_rejects(_exchange: Exchange, rows: Sequence[ImportReject]) -> None:
    rewrite(ImportReject, ("cells", "detail"), ((row.pk, [], shortened(row, "detail")) for row in rows))


def _raw_imports(brand: Brand) -> QuerySet[ContactImport]:
    rows, words = mentions(ContactImport.objects.filter(audience__group__brand=brand), _FILE)
    return rows.filter(~Q(file="") | words)


def _exchange_imports(_exchange: Exchange, rows: Sequence[ContactImport]) -> None:
    """Deletes files; the file goes before the row says so, so that none is left behind by a worker that is killed."""
    for row in rows:
        state, failure = row.state, row.failure
        if row.file.name:
            row.file.storage.delete(row.file.name)
            if state in (ImportState.MAPPING, ImportState.CHECKED, ImportState.FAILED):
                state = ImportState.FAILED
                failure = _("The file was deleted when the brand stopped keeping contacts. Upload it again.")
        row.failure = failure
        ContactImport.objects.filter(pk=row.pk).update(
            file="",
            state=state,
            finished_at=row.finished_at or timezone.now(),
            **{column: shortened(row, column) for column in _FILE},
        )


def _raw_headers(brand: Brand) -> QuerySet[HeaderChoice]:
    return HeaderChoice.objects.filter(group__brand=brand, header__contains="@")


def _exchange_headers(_exchange: Exchange, rows: Sequence[HeaderChoice]) -> None:
    """Forgets the choice: a header with an address is the first row of a file that has no headers."""
    HeaderChoice.objects.filter(pk__in=[row.pk for row in rows if names_address(row.header)]).delete()


def _is_raw_reject(row: ImportReject) -> bool:
    return row.cells != [] or names_address(row.detail)


def _is_raw_import(row: ContactImport) -> bool:
    return bool(row.file) or any(names_address(getattr(row, column)) for column in _FILE)


_OWN: Final = (
    Place(
        "suppressions",
        _raw_suppressions,
        lambda row: _names_somebody(row.address) or names_address([row.source, row.note]),
        _exchange_suppressions,
    ),
    Place(
        "lifts",
        _raw_lifts,
        lambda row: _names_somebody(row.address) or names_address(row.statement),
        _exchange_lifts,
    ),
    Place("contacts", _raw_contacts, _is_raw_contact, _exchange_contacts),
    Place("rejects", _raw_rejects, _is_raw_reject, _exchange_rejects),
    Place("imports", _raw_imports, _is_raw_import, _exchange_imports),
    Place("headers", _raw_headers, lambda row: names_address(row.header), _exchange_headers),
    text_place("erasures", lambda brand: Erasure.objects.filter(brand=brand), ("reference", "state_reason")),
    text_place(
        "notices", lambda brand: Notice.objects.filter(brand=brand, about__startswith="import:"), ("parameters",)
    ),
)
