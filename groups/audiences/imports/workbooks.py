"""Workbooks (XLSX): the first sheet that holds anything, row by row, each cell as the text that a CSV would hold.

A workbook is a zip of XML. What its parts would unpack to is added up from the zip's own list before anything is
unpacked, and no part can unpack to more than it says there. Entities of XML are refused by `defusedxml`.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final, cast
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from groups.audiences.imports.tables import (
    COLUMNS,
    BadRow,
    Limits,
    Row,
    TableFormat,
    checked_headers,
    laid_out,
    long_cell,
)
from groups.errors import FileUnreadable

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

SIGN: Final = b"PK\x03\x04"
ENCODING: Final = "xlsx"
MOST_PARTS: Final = 2_000
# XML shrinks to a tenth or less; a thousandth is no table any more.
MOST_RATIO: Final = 200
RATIO_FREE_BYTES: Final = 5 * 1024 * 1024
# Texts that several cells share are held in memory as long as the workbook is read.
SHARED_BYTES: Final = 64 * 1024 * 1024
UNPACKED_FACTOR: Final = 10
HEADER_ROWS: Final = 50
# No program makes a longer sheet.
MOST_ROWS: Final = 1_048_576

Reader = Iterable[tuple[object, ...]]


def detect(file: BinaryIO, limits: Limits) -> TableFormat:
    """Finds the sheet and the header of a workbook; raises `FileUnreadable` for anything else that is a zip."""
    _check(file, limits)
    with _opened(file) as workbook:
        for sheet in workbook.worksheets:
            for _number, cells in islice(_rows(sheet, limits), HEADER_ROWS):
                while cells and not cells[-1].strip():
                    cells.pop()
                if cells:
                    return TableFormat(ENCODING, "", checked_headers(cells), sheet.title[:100])
    raise FileUnreadable(_("The workbook has no sheet with a table. Put the names of the columns into its first row."))


def rows(file: BinaryIO, table: TableFormat, limits: Limits) -> Iterator[Row | BadRow]:
    """Yields the rows below the header of the sheet; rows of empty cells are passed over."""
    width = len(table.headers)
    _check(file, limits)
    with _opened(file) as workbook:
        sheet = next((one for one in workbook.worksheets if one.title[:100] == table.sheet), None)
        if sheet is None:
            raise FileUnreadable(_("The sheet %(name)s is no longer in the workbook.") % {"name": table.sheet})
        is_below = False
        for number, cells in _rows(sheet, limits):
            if not any(cell.strip() for cell in cells):
                continue
            if not is_below:
                is_below = True
                continue
            # A workbook does not keep empty cells at the end of a row: nothing is missing there.
            cells += [""] * (width - len(cells))
            if (row := laid_out(number, cells, width)) is not None:
                yield row


def _check(file: BinaryIO, limits: Limits) -> None:
    """Looks at the list of a zip's parts, and unpacks nothing."""
    if file.seek(0, io.SEEK_END) > limits.file_bytes:
        raise FileUnreadable(
            _("The file is larger than %(limit)s MB. Cut it into several files.")
            % {"limit": limits.file_bytes // (1024 * 1024)}
        )
    file.seek(0)
    try:
        parts = zipfile.ZipFile(file).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _damaged() from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise FileUnreadable(
            _("This is a zip file and no table. Unpack it, and upload the CSV or Excel file that is in it.")
        )
    if any(part.flag_bits & 1 for part in parts):
        raise FileUnreadable(_("The workbook is locked by a password. Save it without one, then upload that."))
    most = limits.file_bytes * UNPACKED_FACTOR
    is_bomb = (
        len(parts) > MOST_PARTS
        or len(names) != len(parts)
        or sum(part.file_size for part in parts) > most
        or any(_swells(part) for part in parts)
    )
    if is_bomb:
        raise FileUnreadable(
            _("The workbook would unpack to far more than a table of contacts. Save it as CSV (UTF-8) instead.")
        )


def _swells(part: zipfile.ZipInfo) -> bool:
    if part.filename.endswith("sharedStrings.xml") and part.file_size > SHARED_BYTES:
        return True
    return part.file_size > RATIO_FREE_BYTES and part.file_size > MOST_RATIO * max(part.compress_size, 1)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Workbook]:
    """Opens a workbook for reading row by row; what is wrong with it is said in a sentence."""
    file.seek(0)
    workbook = None
    try:
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        yield workbook
    except FileUnreadable:
        raise
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        DefusedXmlException,
        ParseError,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        EOFError,
        OverflowError,
        NotImplementedError,
        zlib.error,
    ) as error:
        raise _damaged() from error
    finally:
        if workbook is not None:
            workbook.close()
        if not file.closed:
            file.seek(0)


def _rows(sheet: ReadOnlyWorksheet, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Yields the cells of each row as texts, with its number in the sheet."""
    # What a sheet says of its own size is often wrong, and would make rows of a million empty cells.
    sheet.reset_dimensions()
    for number, row in enumerate(cast("Reader", sheet.iter_rows(values_only=True)), start=1):
        if number > MOST_ROWS:
            raise _damaged()
        cells = [_text(value) for value in row]
        if len(cells) > COLUMNS:
            while cells and not cells[-1]:
                cells.pop()
            if len(cells) > COLUMNS:
                raise FileUnreadable(_("The file has more than %(limit)s columns.") % {"limit": COLUMNS})
        if cells and len(max(cells, key=len)) > limits.cell_characters:
            raise long_cell(number, limits)
        yield number, cells


def _text(value: object) -> str:
    """Gives a cell as a CSV would hold it: days as 2026-11-30, whole numbers without a point, yes and no as words."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep="T", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def _damaged() -> FileUnreadable:
    return FileUnreadable(
        _("The workbook is damaged or none at all. Open it, save it as .xlsx or as CSV (UTF-8), and upload that.")
    )
