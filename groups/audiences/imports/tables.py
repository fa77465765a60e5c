"""A table in a file, whichever kind of file it is: how it is read, its rows, and how large it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from groups.audiences.rejects import RejectReason
from groups.errors import FileUnreadable

COLUMNS: Final = 500


@dataclass(frozen=True, slots=True)
class TableFormat:
    """How a file is to be read: a codec's name, one delimiter character, and the cells of its header.

    A workbook has no delimiter; `sheet` names the one that is read.
    """

    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    sheet: str = ""

    @property
    def is_workbook(self) -> bool:
        """Whether the file is a workbook."""
        return not self.delimiter


@dataclass(frozen=True, slots=True)
class Row:
    """A row with as many cells as the header; `line` is where it begins in the file, the header being line 1."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be laid under the header, with the cells as they stand and the reason."""

    line: int
    cells: tuple[str, ...]
    reason: RejectReason


@dataclass(frozen=True, slots=True)
class Limits:
    """The size of a file in bytes and of one cell in characters."""

    file_bytes: int
    cell_characters: int


def laid_out(line: int, cells: list[str], width: int) -> Row | BadRow | None:
    """Lays the cells of one row under the header; gives nothing for a row of empty cells. Cuts `cells`."""
    if len(cells) == width and cells[0]:
        return Row(line, tuple(cells))
    if not any(cell.strip() for cell in cells):
        return None
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) == width:
        return Row(line, tuple(cells))
    is_long = len(cells) > width
    return BadRow(line, tuple(cells), RejectReason.TOO_MANY_CELLS if is_long else RejectReason.TOO_FEW_CELLS)


def checked_headers(headers: Sequence[str]) -> tuple[str, ...]:
    """Gives the cells of a header; raises `FileUnreadable` for one that is none."""
    if len(headers) > COLUMNS:
        raise FileUnreadable(_("The file has more than %(limit)s columns.") % {"limit": COLUMNS})
    if any("\0" in cell for cell in headers):
        raise FileUnreadable(_("The first line holds characters that are no text. Save the file as CSV (UTF-8) again."))
    if any("@" in cell for cell in headers):
        raise FileUnreadable(
            _("The file has no header: its first line holds an address. Put the names of the columns there.")
        )
    return tuple(cell.strip() for cell in headers)


def long_cell(line: int, limits: Limits) -> FileUnreadable:
    """Gives the error for a cell that is above the limit."""
    return FileUnreadable(
        _(
            "Line %(line)s holds a cell of more than %(limit)s characters. Often a quotation mark was opened there and "
            "never closed. Nothing was imported."
        )
        % {"line": line, "limit": limits.cell_characters}
    )
