"""Reading imports: their first rows, where they stand, what was rejected."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import BinaryIO, cast
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from groups.audiences.imports import reading, rejecting
from groups.audiences.imports.services import import_limits, table_of
from groups.audiences.rejects import RejectReason
from groups.models import ContactImport, ImportReject, ImportState

PREVIEW_ROWS = 5


def first_rows(contact_import: ContactImport) -> Sequence[Sequence[str]]:
    """Gives the first 5 rows of an uploaded file as they stand."""
    with contact_import.file.open("rb") as file:
        found = reading.rows(cast("BinaryIO", file), table_of(contact_import), import_limits())
        rows = rejecting.as_they_were(found, contact_import.headers)
        return [row.cells for row in islice(rows, PREVIEW_ROWS)]


def columns_of(contact_import: ContactImport) -> Sequence[tuple[int, str]]:
    """Gives the columns of a file by position; those that we put into reject files are passed over."""
    return [
        (position, header)
        for position, header in enumerate(contact_import.headers)
        if not rejecting.is_ours(header, contact_import.headers)
    ]


def left_out(contact_import: ContactImport) -> Sequence[str]:
    """Names the columns of a file that are not imported as they are matched now."""
    mapped = {int(position) for position in contact_import.mapping}
    return [header for position, header in columns_of(contact_import) if header and position not in mapped]


def imports_without_a_worker() -> Sequence[UUID]:
    """Gives the imports and trials that wait, and those whose worker is gone."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    lost = Q(free, state__in=(ImportState.IMPORTING, ImportState.CHECKING))
    return list(ContactImport.objects.filter(Q(state=ImportState.WAITING) | lost).values_list("pk", flat=True))


def first_rejects(contact_import: ContactImport) -> Sequence[tuple[ImportReject, str]]:
    """Gives the first 20 rows that were not imported, each with its reason in words."""
    reasons = dict(RejectReason.choices)
    return [(reject, str(reasons.get(reject.reason, reject.reason))) for reject in contact_import.rejects.all()[:20]]
