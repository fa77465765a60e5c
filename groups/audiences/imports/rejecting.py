"""Rows that were not imported: kept with their reason, and given back as a file that can be mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from groups.audiences.imports.chunks import Chunk
from groups.audiences.imports.columns import Reject
from groups.audiences.imports.tables import BadRow, Row
from groups.audiences.rejects import RejectReason
from groups.models import ContactImport, ImportReject
from groups.spreadsheets import undefused

SHOWN_REJECTS: Final = 20
CELL_CHARACTERS: Final = 1000
# The columns that we put before those of the file. They stay the same in every language, so that the file is known
# again when it comes back mended.
OUR_HEADERS: Final = ("rejected line", "rejected reason", "rejected why", "rejected column")


def is_ours(header: str, headers: Sequence[str]) -> bool:
    """Tells whether a column is one that we put before the others; the file then begins with all of them."""
    return is_reject_file(headers) and header in OUR_HEADERS


def is_reject_file(headers: Sequence[str]) -> bool:
    """Tells whether a file is one of our own, which came back mended."""
    return tuple(headers[: len(OUR_HEADERS)]) == OUR_HEADERS


def note(
    contact_import: ContactImport, chunk: Chunk, refused: Iterable[Row], email_header: str, *, most: int | None = None
) -> int:
    """Keeps the rejects of a chunk and gives their number; with `most`, the import keeps so many at most."""
    rejects = [
        *chunk.rejects,
        *(Reject(row.line, RejectReason.KNOWN_ELSEWHERE, email_header, row.cells) for row in refused),
    ]
    if not rejects:
        return 0
    kept: Sequence[Reject] = rejects
    if most is not None:
        room = max(0, most - contact_import.rejects.count())
        kept = sorted(rejects, key=lambda reject: reject.line)[:room]
    ImportReject.objects.bulk_create(
        (
            ImportReject(
                contact_import=contact_import,
                line=reject.line,
                reason=reject.reason,
                detail=shown(reject.detail)[:200],
                cells=[shown(cell) for cell in reject.cells],
            )
            for reject in kept
        ),
        batch_size=500,
    )
    return len(rejects)


def shown(cell: str) -> str:
    """Gives a cell as it may be stored beside its reject: cut at 1,000 characters, a NUL made visible."""
    return cell[:CELL_CHARACTERS].replace("\0", "\u2400")


def rows_of(contact_import: ContactImport) -> Iterator[Iterable[object]]:
    """Yields the reject file: line, reason, the reason in words and column, then the cells as they came."""
    reasons = dict(RejectReason.choices)
    first = len(OUR_HEADERS) if is_reject_file(contact_import.headers) else 0
    yield (*OUR_HEADERS, *contact_import.headers[first:])
    for reject in contact_import.rejects.order_by("line").iterator():
        yield (reject.line, reject.reason, reasons.get(reject.reason, ""), reject.detail, *reject.cells[first:])


def as_they_were(rows: Iterator[Row | BadRow], headers: Sequence[str]) -> Iterator[Row | BadRow]:
    """Gives the rows of a file; of one of our own without the apostrophes that kept spreadsheets from running cells."""
    if not is_reject_file(headers):
        return rows
    return (replace(row, cells=tuple(undefused(cell) for cell in row.cells)) for row in rows)
