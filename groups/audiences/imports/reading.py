"""Tables as people really save them: encoding, delimiter and header are found out, rows are read one at a time."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from django.utils.translation import gettext as _

from groups.audiences.imports import workbooks
from groups.audiences.imports.tables import BadRow, Limits, Row, TableFormat, checked_headers, laid_out, long_cell
from groups.audiences.rejects import RejectReason
from groups.errors import FileUnreadable

BLOCK_BYTES: Final = 1 << 20
OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"
DELIMITERS: Final = (",", ";", "\t", "|")
SEPARATOR: Final = re.compile(r'"?sep=([,;\t|])"?', re.IGNORECASE)
FOREIGN_STARTS: Final = {
    b"%PDF": "PDF",
    b"\x1f\x8b": "gzip",
}


def detect(file: BinaryIO, limits: Limits) -> TableFormat:
    """Finds out how a file is to be read, by reading it once in blocks; leaves it at its start.

    Workbooks (XLSX) are known by their content, whatever their name. Encodings of text: UTF-8 with and without mark,
    UTF-16, EUC-KR, Windows-1252. Delimiters: comma, semicolon, tab, bar, or the one that a first line `sep=` names.
    Raises `FileUnreadable` for an empty file, one above the limit, one that is no table, and one without a header.
    """
    file.seek(0)
    start = file.read(len(workbooks.SIGN))
    if start == workbooks.SIGN:
        return workbooks.detect(file, limits)
    encoding = _encoding(file, limits)
    with _text(file, encoding) as text:
        first = next((line for line in text if line.strip()), "").strip("\r\n")
        named = SEPARATOR.fullmatch(first)
        if named:
            first = next(text, "").strip("\r\n")
    if not first.strip(" ,;\t|"):
        raise FileUnreadable(_("The file has no header. Put the names of the columns into its first line."))
    delimiter = named[1] if named else max(DELIMITERS, key=lambda candidate: len(_cells(first, candidate)))
    with _text(file, encoding) as text:
        _line, headers = _header(_rows(text, delimiter, limits), delimiter)
    if headers is None:
        raise FileUnreadable(_("The quotation marks of the first line make no sense. Save the file as CSV again."))
    return TableFormat(encoding, delimiter, checked_headers(headers))


def rows(file: BinaryIO, table: TableFormat, limits: Limits) -> Iterator[Row | BadRow]:
    """Yields the rows below the header; blank lines and rows of empty cells are passed over.

    Surplus cells that are blank are cut off. Memory does not grow with the file. Raises `FileUnreadable`, with the
    line, for a cell above the limit and for a quotation mark that is never closed.
    """
    width = len(table.headers)
    if table.is_workbook:
        yield from workbooks.rows(file, table, limits)
        return
    with _text(file, table.encoding) as text:
        source = _rows(text, table.delimiter, limits)
        _header(source, table.delimiter)
        for line, found in source:
            if found is None:
                yield BadRow(line, (), RejectReason.BAD_QUOTES)
            elif len(found) == width and found[0]:
                yield Row(line, tuple(found))
            elif (row := laid_out(line, found, width)) is not None:
                yield row


def count(file: BinaryIO, table: TableFormat, limits: Limits) -> int:
    """Counts the rows below the header, and raises what `rows` raises."""
    if table.is_workbook:
        return sum(1 for _row in workbooks.rows(file, table, limits))
    with _text(file, table.encoding) as text:
        source = _rows(text, table.delimiter, limits)
        _header(source, table.delimiter)
        return sum(1 for _line, cells in source if cells is None or (any(cells) and any(map(str.strip, cells))))


def _header(source: Iterator[tuple[int, list[str] | None]], delimiter: str) -> tuple[int, list[str] | None]:
    """Gives the first row that is neither blank nor the name of the delimiter."""
    for line, cells in source:
        if cells is None or (any(cell.strip() for cell in cells) and not _names_delimiter(cells, delimiter)):
            return line, cells
    raise FileUnreadable(_("The file has no header. Put the names of the columns into its first line."))


def _names_delimiter(cells: list[str], delimiter: str) -> bool:
    return bool(SEPARATOR.fullmatch(delimiter.join(cells).strip()))


class _text:
    """A binary file as text from its start, which stays open afterwards."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        file.seek(0)
        self._wrapper = io.TextIOWrapper(file, encoding=encoding, newline="")

    def __enter__(self) -> io.TextIOWrapper:
        return self._wrapper

    def __exit__(self, *_: object) -> None:
        # Whoever stops reading in the middle may have closed the file already.
        if not self._wrapper.closed:
            self._wrapper.detach().seek(0)


def _rows(text: io.TextIOWrapper, delimiter: str, limits: Limits) -> Iterator[tuple[int, list[str] | None]]:
    """Yields each row with the line where it begins; None for a row whose quotation marks make no sense."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    most = limits.cell_characters
    line = 1
    while True:
        try:
            for cells in reader:
                if cells and len(max(cells, key=len)) > most:
                    raise long_cell(line, limits)
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            if "field larger" in str(error):
                raise long_cell(line, limits) from error
            if "unexpected end" in str(error):
                raise FileUnreadable(
                    _("A quotation mark that opens in line %(line)s is never closed. Nothing was imported.")
                    % {"line": line}
                ) from error
            yield line, None
            line = reader.line_num + 1
        else:
            return


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _encoding(file: BinaryIO, limits: Limits) -> str:
    """Gives the codec that reads the whole file; the first that does, in order of how sure its success makes one."""
    file.seek(0)
    start = file.read(4096)
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileUnreadable(_("The file is empty."))
    if start.startswith(OLD_WORKBOOK):
        raise FileUnreadable(
            _(
                "This workbook is in the old format of Excel (.xls), or locked by a password. Save it as .xlsx without "
                "a password, or as CSV (UTF-8), then upload that."
            )
        )
    for sign, kind in FOREIGN_STARTS.items():
        if start.startswith(sign):
            raise FileUnreadable(
                _("This is no CSV file but a file of the kind %(kind)s. Save it as CSV (UTF-8), then upload that.")
                % {"kind": kind}
            )
    if file.seek(0, io.SEEK_END) > limits.file_bytes:
        raise FileUnreadable(
            _("The file is larger than %(limit)s MB. Cut it into several files.")
            % {"limit": limits.file_bytes // (1024 * 1024)}
        )
    for encoding in _candidates(start):
        if _decodes(file, encoding, limits):
            return encoding
    raise FileUnreadable(
        _("The file is in an encoding that cannot be read. Save it as CSV (UTF-8), then upload it again.")
    )


def _candidates(start: bytes) -> tuple[str, ...]:
    if start.startswith(codecs.BOM_UTF8):
        return ("utf-8-sig",)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    # Text of mostly Latin letters in UTF-16 has a zero in every second byte.
    if start[1::2].count(0) > len(start) // 4:
        return ("utf-16-le",)
    if start[0::2].count(0) > len(start) // 4:
        return ("utf-16-be",)
    return ("utf-8", "euc_kr", "cp1252")


def _decodes(file: BinaryIO, encoding: str, limits: Limits) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    has_hangul = False
    lines = 0
    try:
        while block := file.read(BLOCK_BYTES):
            if len(block) == BLOCK_BYTES and b"\n" not in block and b"\r" not in block:
                if lines:
                    raise long_cell(lines + 1, limits)
                raise FileUnreadable(
                    _("A line of this file is longer than a million characters, so it is no CSV file.")
                )
            lines += block.count(b"\n")
            has_hangul |= any("\uac00" <= letter <= "\ud7a3" for letter in _read(decoder, block, encoding))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return has_hangul or encoding != "euc_kr"


def _read(decoder: codecs.IncrementalDecoder, block: bytes, encoding: str) -> str:
    """Decodes a block; its text matters only where Korean has to be told from Western letters."""
    text = decoder.decode(block)
    return text if encoding == "euc_kr" else ""
