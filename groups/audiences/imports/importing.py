"""Bringing an uploaded file into the contacts: chunk by chunk, each in one transaction with the place it reached."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO, Final, cast
from uuid import UUID

from django.core.files import File
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from groups.audiences import nudges
from groups.audiences.imports import finishing, reading, rejecting, writing
from groups.audiences.imports.ahead import read_ahead
from groups.audiences.imports.chunks import Chunk, chunks
from groups.audiences.imports.columns import Columns
from groups.audiences.imports.judging import Authority
from groups.audiences.imports.limits import is_large
from groups.audiences.imports.services import import_limits, table_of
from groups.audiences.imports.tables import Limits, TableFormat
from groups.audiences.imports.trying import Trial
from groups.errors import FileUnreadable
from groups.keeping.standing import demand_settled
from groups.models import ContactImport, ImportState

logger = logging.getLogger(__name__)

# On SQLite a chunk keeps every other writer waiting, so it is shorter, and there is a breath after it.
CHUNK_ROWS: Final = {"postgresql": 5_000, "sqlite": 4_000}
BREATH_SECONDS: Final = {"postgresql": 0.0, "sqlite": 0.005}
LEASE: Final = timedelta(seconds=120)
# Well below the time that a worker gives a task; the rest is another task's.
RUN_SECONDS: Final = 180.0
TRIES: Final = 8


class _Elsewhere(Exception):
    """The import is another worker's by now."""


@dataclass(slots=True)
class _Run:
    """An import in this worker's hands: how far it is, and until when it is ours."""

    contact_import: ContactImport
    columns: Columns
    authority: Authority
    lease: datetime
    ends_at: float
    done: int = 0

    @property
    def is_trial(self) -> bool:
        """Whether the file is only tried."""
        return self.contact_import.state == ImportState.CHECKING


def run_import(import_id: UUID) -> ContactImport | None:
    """Imports a file that waits, or tries it, from the row where it stopped; gives nothing where another worker has it.

    Each chunk is one transaction with `rows_done`, so that an import that was killed goes on without doubling anything.
    A file that turns out to be no table fails with a sentence before its first row. Every row is counted once: new,
    updated, unchanged or rejected; `rows_suppressed` tells how many of the imported get no mail. A large file that
    nobody has confirmed is tried first, and then waits for its uploader's word.
    """
    lease = _claim(import_id)
    if lease is None:
        return None
    contact_import = ContactImport.objects.select_related("audience__group__brand", "uploaded_by").get(pk=import_id)
    brand = contact_import.audience.group.brand
    with translation.override(contact_import.uploaded_by.language or brand.language):
        try:
            with contact_import.file.open("rb") as file:
                _work(contact_import, _bare(file), lease)
        except FileUnreadable as error:
            finishing.fail(contact_import, error.sentence)
        except FileNotFoundError:
            finishing.fail(contact_import, _("The uploaded file is gone. Upload it again."))
        except _Elsewhere:
            logger.info("Import %s goes on elsewhere.", contact_import.pk)
    contact_import.refresh_from_db()
    return contact_import


def _bare(file: File[bytes]) -> BinaryIO:
    """Gives the file behind Django's wrappers, which cost as much as reading a line does."""
    found: object = file
    while isinstance(found, File):
        found = found.file
    return cast("BinaryIO", found)


def _claim(import_id: UUID) -> datetime | None:
    """Takes the lease of an import that waits, or whose worker is gone."""
    now = timezone.now()
    lease = now + LEASE
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = Q(state=ImportState.WAITING) | Q(free, state__in=(ImportState.IMPORTING, ImportState.CHECKING))
    state = Case(
        When(state=ImportState.CHECKING, then=Value(ImportState.CHECKING.value)),
        default=Value(ImportState.IMPORTING.value),
    )
    claimed = ContactImport.objects.filter(waiting, pk=import_id).update(state=state, lease_until=lease)
    return lease if claimed else None


def _work(contact_import: ContactImport, file: BinaryIO, lease: datetime) -> None:
    table, limits = table_of(contact_import), import_limits()
    if contact_import.rows_total == 0:
        # The first pass finds what is wrong with the file as a whole before anything of it is imported.
        contact_import.rows_total = reading.count(file, table, limits)
        contact_import.save(update_fields=["rows_total"])
    run = _Run(
        contact_import,
        Columns.of(contact_import),
        Authority.of(contact_import.uploaded_by, contact_import.audience, contact_import),
        lease,
        time.monotonic() + RUN_SECONDS,
    )
    if not run.is_trial and contact_import.rows_done == 0 and _must_ask(contact_import):
        _try_instead(run)
    if run.is_trial:
        _try(run, file, table, limits)
        return
    run.done = contact_import.rows_done
    with _in_chunks(run, file, table, limits, skip=run.done) as source:
        for chunk in source:
            _write(run, chunk)
            if time.monotonic() > run.ends_at:
                _hand_on(run)
                return
            time.sleep(BREATH_SECONDS[connection.vendor])
    finishing.finish(contact_import, run.lease)


@contextmanager
def _in_chunks(
    run: _Run, file: BinaryIO, table: TableFormat, limits: Limits, *, skip: int
) -> Iterator[Iterator[Chunk]]:
    found = rejecting.as_they_were(reading.rows(file, table, limits), table.headers)
    rows = islice(found, skip, None)
    source = chunks(rows, run.columns, CHUNK_ROWS[connection.vendor])
    if connection.vendor == "sqlite":
        # Its statements run in this process: two threads would take the interpreter from each other at every row.
        yield source
        return
    with read_ahead(source) as ahead:
        yield ahead


def _must_ask(contact_import: ContactImport) -> bool:
    """Tells whether an import is large, and nobody has said yet that it is meant to be."""
    is_operator = contact_import.uploaded_by.is_service
    return not contact_import.is_confirmed and not is_operator and is_large(contact_import)


def _try_instead(run: _Run) -> None:
    ours = ContactImport.objects.filter(pk=run.contact_import.pk, state=ImportState.IMPORTING, lease_until=run.lease)
    if not ours.update(state=ImportState.CHECKING):
        raise _Elsewhere
    run.contact_import.state = ImportState.CHECKING


def _try(run: _Run, file: BinaryIO, table: TableFormat, limits: Limits) -> None:
    """Tries the file from its beginning: what a trial found so far is gone with its worker."""
    contact_import = run.contact_import
    finishing.forget_counts(contact_import)
    trial = Trial(contact_import, run.authority)
    run.done = 0
    with _in_chunks(run, file, table, limits, skip=0) as source:
        for chunk in source:
            with transaction.atomic():
                written = trial.foretell(chunk)
                _advance(run, chunk)
                _note(run, chunk, written, most_rejects=rejecting.SHOWN_REJECTS)
            run.done += chunk.rows
    trial.close()
    finishing.finish_trial(contact_import, run.lease, staying=trial.staying)


def _write(run: _Run, chunk: Chunk) -> None:
    """Writes one chunk and advances the import by it."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                _write_once(run, chunk)
            break
        except (IntegrityError, OperationalError):
            # Another import has just added one of the same people, or waits for us as we for it: look again.
            if attempt == TRIES or connection.in_atomic_block:
                raise
            logger.info("A chunk of import %s is written again.", run.contact_import.pk)
            run.contact_import.refresh_from_db(fields=["lease_until"])
            if run.contact_import.lease_until is not None:
                run.lease = run.contact_import.lease_until
    run.done += chunk.rows


def _write_once(run: _Run, chunk: Chunk) -> None:
    _advance(run, chunk)
    written = writing.write(run.contact_import, chunk, run.authority)
    _note(run, chunk, written)


def _advance(run: _Run, chunk: Chunk) -> None:
    """Moves the import on by a chunk, and its lease; raises `_Elsewhere` where it is another worker's.

    No change-over begins while an import is under way, so that the brand keeps what the columns were read for.
    """
    demand_settled(run.contact_import.audience.group.brand)
    next_lease = timezone.now() + LEASE
    ours = ContactImport.objects.filter(
        pk=run.contact_import.pk, state=run.contact_import.state, rows_done=run.done, lease_until=run.lease
    )
    if not ours.update(rows_done=run.done + chunk.rows, lease_until=next_lease):
        raise _Elsewhere
    run.lease = next_lease


def _note(run: _Run, chunk: Chunk, written: writing.Written, *, most_rejects: int | None = None) -> None:
    rejected = rejecting.note(run.contact_import, chunk, written.refused, run.columns.email_header, most=most_rejects)
    _count(run.contact_import, written.counts, rejected)


def _count(contact_import: ContactImport, counts: Counter[str], rejected: int) -> None:
    ContactImport.objects.filter(pk=contact_import.pk).update(
        rows_new=F("rows_new") + counts["new"],
        rows_updated=F("rows_updated") + counts["updated"],
        rows_unchanged=F("rows_unchanged") + counts["unchanged"],
        rows_suppressed=F("rows_suppressed") + counts["suppressed"],
        rows_joining=F("rows_joining") + counts["joining"],
        rows_rejected=F("rows_rejected") + rejected,
    )


def _hand_on(run: _Run) -> None:
    """Leaves the rest to another task, so that no worker is held up for long."""
    with transaction.atomic():
        ContactImport.objects.filter(pk=run.contact_import.pk, lease_until=run.lease).update(lease_until=None)
        nudges.run_import(run.contact_import.pk)
