"""CSV files as people save them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from groups.audiences.imports.reading import BadRow, Limits, Row, detect, rows
from groups.audiences.rejects import RejectReason
from groups.errors import FileUnreadable
from tests.shared_data import SHARED_DATA

LIMITS = Limits(file_bytes=1_000_000, cell_characters=10_000)
CORPUS = SHARED_DATA / "corpora" / "csv-spectrum"


def read(data: bytes) -> tuple[list[str], list[list[str]]]:
    """Gives the header and the rows of a file, all of which must be sound."""
    file = io.BytesIO(data)
    table = detect(file, LIMITS)
    found = list(rows(file, table, LIMITS))
    assert all(isinstance(row, Row) for row in found)
    return list(table.headers), [list(row.cells) for row in found]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_found_out(encoding: str, delimiter: str) -> None:
    text = delimiter.join(("email", "prénom")) + "\r\n" + delimiter.join(("zoe@example.com", "Zoë")) + "\r\n"

    headers, found = read(text.encode(encoding))

    assert headers == ["email", "prénom"]
    assert found == [["zoe@example.com", "Zoë"]]


def test_korean_of_old_spreadsheets_is_read() -> None:
    headers, found = read("이메일,이름\nkim@example.com,김서연\n".encode("euc_kr"))

    assert headers == ["이메일", "이름"]
    assert found == [["kim@example.com", "김서연"]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b" \r\n\r\n", "The file is empty."),
        (b",,,\nanna@example.com,Anna,,\n", "has no header"),
        (b"anna@example.com,Anna\nben@example.com,Ben\n", "its first line holds an address"),
        (b"PK\x03\x04\x14\x00\x06\x00", "damaged or none at all"),
        (b"%PDF-1.7\n", "kind PDF"),
        (b"email,name\nanna@example.com,\x81\x8d\n", "encoding that cannot be read"),
        (b"e\x00mail,name\nanna@example.com,Anna\n", "characters that are no text"),
    ],
)
def test_what_is_no_table_gets_a_clear_sentence(data: bytes, words: str) -> None:
    with pytest.raises(FileUnreadable) as refusal:
        detect(io.BytesIO(data), LIMITS)

    assert words in refusal.value.sentence


def test_a_file_above_the_limit_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="larger than 2 MB"):
        detect(io.BytesIO(b"email\n" + b"a@example.com\n" * 200_000), Limits(2 * 1024 * 1024, 10_000))


@pytest.mark.parametrize("size", [10_001, 200_000, 10_000_000])
def test_a_huge_cell_is_named_with_its_line(size: int) -> None:
    file = io.BytesIO(b'email,name\nanna@example.com,Anna\nben@example.com,"' + b"x" * size + b'"\n')
    limits = Limits(100_000_000, 10_000)

    with pytest.raises(FileUnreadable, match="Line 3 holds"):
        list(rows(file, detect(file, limits), limits))


def test_a_quotation_mark_that_is_never_closed_is_named_with_its_line() -> None:
    file = io.BytesIO(b'email,name\nanna@example.com,Anna\nben@example.com,"Ben\ncarl@example.com,Carl\n')
    table = detect(file, LIMITS)

    with pytest.raises(FileUnreadable, match="opens in line 3 is never closed"):
        list(rows(file, table, LIMITS))


def test_ragged_rows_are_told_apart_from_sound_ones() -> None:
    file = io.BytesIO(
        b'email,name\na@example.com\nb@example.com,B,surplus\nc@example.com,C,,\nd@example.com,"D"x\n\n,\n'
    )
    table = detect(file, LIMITS)

    found = list(rows(file, table, LIMITS))

    assert found == [
        BadRow(2, ("a@example.com",), RejectReason.TOO_FEW_CELLS),
        BadRow(3, ("b@example.com", "B", "surplus"), RejectReason.TOO_MANY_CELLS),
        Row(4, ("c@example.com", "C")),
        BadRow(5, (), RejectReason.BAD_QUOTES),
    ]


def test_the_line_of_a_row_counts_line_breaks_inside_cells() -> None:
    file = io.BytesIO(b'email,name\na@example.com,"two\nlines"\nb@example.com,B\n')
    table = detect(file, LIMITS)

    assert [row.line for row in rows(file, table, LIMITS)] == [2, 4]


@pytest.mark.skipif(
    not CORPUS.exists(), reason="THE CSV-SPECTRUM CORPUS IS NOT ON THIS MACHINE: its files are not read"
)
@pytest.mark.parametrize("path", sorted(CORPUS.glob("csvs/*.csv")), ids=lambda path: path.stem)
def test_the_csv_spectrum_is_read_as_it_says(path: Path) -> None:
    expected = json.loads((CORPUS / "json" / f"{path.stem}.json").read_text(encoding="utf-8").replace(r"\r\n", r"\n"))
    # One file's expectation is the row itself, with another number; rows whose cells are all blank are passed over.
    expected = [expected] if isinstance(expected, dict) else expected
    expected = [row for row in expected if any(str(cell).strip() for cell in row.values())]

    headers, found = read(path.read_bytes())

    found = [[cell.replace("2095257564", "1234567890") for cell in row] for row in found]
    assert [dict(zip(headers, row, strict=True)) for row in found] == expected
