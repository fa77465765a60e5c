"""Bringing an uploaded file into the contacts: chunk by chunk, each in one transaction with the place it reached."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import BinaryIO, Final, cast
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.audiences import cleaning, nudges
from groups.audiences.imports import chunk_writing, matching, reading
from groups.audiences.imports.chunk_writing import Person
from groups.audiences.imports.services import import_limits, table_of
from groups.audiences.rejects import CellRefused, RejectReason
from groups.errors import FileUnreadable
from groups.models import Attribute, Brand, ContactImport, ImportReject, ImportState, Workspace

logger = logging.getLogger(__name__)

CHUNK_ROWS: Final = 500
LEASE: Final = timedelta(seconds=120)
TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that is not imported, and why; `detail` names the column."""

    line: int
    reason: RejectReason
    detail: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the cells of a row become a person: targets by position, kinds of attributes by name, and what stands in."""

    brand: Brand
    mapping: dict[int, str]
    headers: tuple[str, ...]
    kinds: dict[str, str]
    consent_source: str

    def person(self, row: reading.Row) -> Person | Reject:
        """Reads one row; the first cell that cannot be taken rejects it."""
        texts: dict[str, str] = {}
        values: dict[str, cleaning.Value] = {}
        consent_on: date | None = None
        for position, target in self.mapping.items():
            cell = row.cells[position]
            try:
                match target:
                    case matching.EMAIL:
                        texts[target] = cleaning.address(cell)
                    case matching.EXTERNAL_ID:
                        texts[target] = cleaning.external_id(cell)
                    case matching.CONSENT_SOURCE:
                        texts[target] = cleaning.short_text(cell, cleaning.SHORT_CHARACTERS)
                    case matching.CONSENT_ON:
                        consent_on = cleaning.day(cell) if cell.strip() else None
                    case _:
                        if (value := cleaning.value(cell, self.kinds[target])) is not None:
                            values[target] = value
            except CellRefused as refusal:
                return Reject(row.line, refusal.reason, self.headers[position], row.cells)
        email = texts[matching.EMAIL]
        return Person(
            external_id=texts.get(matching.EXTERNAL_ID) or str(uuid5(self.brand.pk, email)),
            email=email,
            attributes=values,
            consent_source=texts.get(matching.CONSENT_SOURCE) or self.consent_source,
            consent_on=consent_on,
        )


@dataclass(slots=True)
class _Chunk:
    """The rows of one transaction, sorted into people and rejects."""

    rows: int = 0
    people: list[tuple[reading.Row, Person]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def run_import(import_id: UUID) -> ContactImport | None:
    """Imports a file that waits, from the row where it stopped; gives nothing where another worker has it.

    Each chunk of 500 rows is one transaction with `rows_done`, so that an import that was killed goes on without
    doubling anything. A file that turns out to be no table fails with a sentence before its first row. Every row is
    counted once: new, updated, unchanged or rejected; `rows_suppressed` tells how many of the imported get no mail.
    """
    lease = _claim(import_id)
    if lease is None:
        return None
    contact_import = ContactImport.objects.select_related("audience__group__brand", "uploaded_by").get(pk=import_id)
    try:
        with contact_import.file.open("rb") as file:
            _read_into(contact_import, cast("BinaryIO", file), lease)
    except FileUnreadable as error:
        _fail(contact_import, error.sentence)
    except FileNotFoundError:
        _fail(contact_import, _("The uploaded file is gone. Upload it again."))
    contact_import.refresh_from_db()
    return contact_import


def reader_of(contact_import: ContactImport) -> Reader:
    """Gives what turns the rows of an import into people."""
    brand = contact_import.audience.group.brand
    return Reader(
        brand=brand,
        mapping={int(position): target for position, target in contact_import.mapping.items()},
        headers=tuple(contact_import.headers),
        kinds=dict(Attribute.objects.filter(brand=brand).values_list("name", "kind")),
        consent_source=contact_import.consent_source,
    )


def _claim(import_id: UUID) -> datetime | None:
    """Takes the lease of an import that waits, or whose worker is gone."""
    now = timezone.now()
    lease = now + LEASE
    free = Q(state=ImportState.WAITING) | Q(state=ImportState.IMPORTING, lease_until__lt=now)
    claimed = ContactImport.objects.filter(free, pk=import_id).update(state=ImportState.IMPORTING, lease_until=lease)
    return lease if claimed else None


def _read_into(contact_import: ContactImport, file: BinaryIO, lease: datetime) -> None:
    table, limits = table_of(contact_import), import_limits()
    if contact_import.rows_total == 0:
        # The first pass finds what is wrong with the file as a whole before anything of it is imported.
        contact_import.rows_total = sum(1 for _row in reading.rows(file, table, limits))
        contact_import.save(update_fields=["rows_total"])
    reader = reader_of(contact_import)
    rows = reading.rows(file, table, limits)
    done = contact_import.rows_done
    for _row in islice(rows, done):
        pass
    for chunk in _chunks(rows, reader):
        next_lease = timezone.now() + LEASE
        if not _write(contact_import, chunk, done, lease, next_lease):
            return
        done, lease = done + chunk.rows, next_lease
    _finish(contact_import, lease)


def _chunks(rows: Iterator[reading.Row | reading.BadRow], reader: Reader) -> Iterator[_Chunk]:
    while batch := list(islice(rows, CHUNK_ROWS)):
        chunk = _Chunk(rows=len(batch))
        for row in batch:
            if isinstance(row, reading.BadRow):
                chunk.rejects.append(Reject(row.line, row.reason, "", row.cells))
                continue
            found = reader.person(row)
            if isinstance(found, Reject):
                chunk.rejects.append(found)
            else:
                chunk.people.append((row, found))
        yield chunk


def _write(contact_import: ContactImport, chunk: _Chunk, done: int, lease: datetime, next_lease: datetime) -> bool:
    """Writes one chunk and advances the import by it; tells whether the import is still this worker's."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                return _write_once(contact_import, chunk, done, lease, next_lease)
        except IntegrityError:
            # Another import has just added one of the same people: the second look finds them.
            if attempt == TRIES:
                raise
    return False


def _write_once(contact_import: ContactImport, chunk: _Chunk, done: int, lease: datetime, next_lease: datetime) -> bool:
    mine = ContactImport.objects.filter(
        pk=contact_import.pk, state=ImportState.IMPORTING, rows_done=done, lease_until=lease
    )
    if not mine.update(rows_done=done + chunk.rows, lease_until=next_lease):
        logger.info("Import %s goes on elsewhere.", contact_import.pk)
        return False
    people = [person for _row, person in chunk.people]
    written = chunk_writing.write(contact_import.audience, people, actor=contact_import.uploaded_by)
    rejects = [*chunk.rejects, *_known_elsewhere(contact_import, chunk, written.refused)]
    ImportReject.objects.bulk_create(
        [
            ImportReject(
                contact_import=contact_import,
                line=reject.line,
                reason=reject.reason,
                detail=reject.detail[:200],
                cells=[shown(cell) for cell in reject.cells],
            )
            for reject in rejects
        ]
    )
    _count(contact_import, written.counts, len(rejects))
    return True


def _known_elsewhere(contact_import: ContactImport, chunk: _Chunk, refused: Iterable[int]) -> Iterator[Reject]:
    """Gives the rows that would have changed somebody of another group; `refused` are their places among the people."""
    targets = contact_import.mapping
    header = next(contact_import.headers[int(place)] for place in targets if targets[place] == matching.EMAIL)
    for position in refused:
        row, _person = chunk.people[position]
        yield Reject(row.line, RejectReason.KNOWN_ELSEWHERE, header, row.cells)


def shown(cell: str) -> str:
    """Gives a cell as it may be stored beside its reject: cut at 1,000 characters, a NUL made visible."""
    return cell[:1000].replace("\0", "\u2400")


def _count(contact_import: ContactImport, counts: Counter[str], rejected: int) -> None:
    ContactImport.objects.filter(pk=contact_import.pk).update(
        rows_new=F("rows_new") + counts["new"],
        rows_updated=F("rows_updated") + counts["updated"],
        rows_unchanged=F("rows_unchanged") + counts["unchanged"],
        rows_suppressed=F("rows_suppressed") + counts["suppressed"],
        rows_rejected=F("rows_rejected") + rejected,
    )


def _finish(contact_import: ContactImport, lease: datetime) -> None:
    with transaction.atomic():
        contact_import.refresh_from_db()
        state = ImportState.DONE_WITH_ERRORS if contact_import.rows_rejected else ImportState.DONE
        moved = ContactImport.objects.filter(
            pk=contact_import.pk, state=ImportState.IMPORTING, lease_until=lease
        ).update(state=state, finished_at=timezone.now(), lease_until=None)
        if moved:
            group = contact_import.audience.group
            audit.record(
                "import.finished",
                actor=contact_import.uploaded_by,
                target=contact_import,
                group=group,
                rows=contact_import.rows_done,
                rejected=contact_import.rows_rejected,
            )
            nudges.sync(Workspace.objects.filter(brand=group.brand_id).values_list("pk", flat=True).first())
            transaction.on_commit(lambda: _forget_file(contact_import))


def _forget_file(contact_import: ContactImport) -> None:
    """Deletes the uploaded file: its people are contacts now, and its rejects are kept."""
    contact_import.file.delete(save=False)
    ContactImport.objects.filter(pk=contact_import.pk).update(file="")


def _fail(contact_import: ContactImport, sentence: str) -> None:
    with transaction.atomic():
        moved = ContactImport.objects.filter(pk=contact_import.pk, state=ImportState.IMPORTING).update(
            state=ImportState.FAILED, failure=sentence, finished_at=timezone.now(), lease_until=None
        )
        if moved:
            group = contact_import.audience.group
            audit.record("import.failed", actor=contact_import.uploaded_by, target=contact_import, group=group)
