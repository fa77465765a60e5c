"""Workbooks as people save them, and as somebody would who means harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import openpyxl
import pytest

from groups.audiences.imports.reading import count, detect, rows
from groups.audiences.imports.tables import BadRow, Limits, Row
from groups.errors import FileUnreadable

LIMITS = Limits(file_bytes=2_000_000, cell_characters=1_000)

pytestmark = pytest.mark.catalogue("A1")


def a_workbook(*table: list[object], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    """Gives a workbook with one sheet."""
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    for cells in table:
        workbook.active.append(cells)
    if change is not None:
        change(workbook)
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def read(data: bytes) -> tuple[tuple[str, ...], list[Row | BadRow]]:
    """Gives the header and the rows of a workbook."""
    file = io.BytesIO(data)
    table = detect(file, LIMITS)
    found = list(rows(file, table, LIMITS))
    assert count(file, table, LIMITS) == len(found)
    return table.headers, found


def test_cells_become_what_a_csv_would_hold() -> None:
    day = datetime(2026, 11, 20)  # noqa: DTZ001, a cell knows no zone
    at_half_past_eight = datetime(2026, 11, 20, 8, 30)  # noqa: DTZ001
    data = a_workbook(
        ["customer_id", "email", "points", "is_member", "last_visit", "note"],
        [12345, "anna@example.com", 3.0, True, day, None],
        ["C2", "ben@example.com", 4.5, False, at_half_past_eight, "007"],
        [None, None, None, None, None, None],
        ["C3", "eve@example.com"],
    )

    headers, found = read(data)

    assert headers == ("customer_id", "email", "points", "is_member", "last_visit", "note")
    assert found == [
        Row(2, ("12345", "anna@example.com", "3", "true", "2026-11-20", "")),
        Row(3, ("C2", "ben@example.com", "4.5", "false", "2026-11-20T08:30:00", "007")),
        Row(5, ("C3", "eve@example.com", "", "", "", "")),
    ]


def test_the_first_sheet_that_holds_anything_is_read() -> None:
    def add_sheets(workbook: openpyxl.Workbook) -> None:
        workbook.create_sheet("Kunden").append(["customer_id", "email"])
        workbook["Kunden"].append(["C1", "anna@example.com"])
        workbook.create_sheet("Notes").append(["nothing", "here"])

    file = io.BytesIO(a_workbook(change=add_sheets))

    table = detect(file, LIMITS)

    assert (table.sheet, table.is_workbook) == ("Kunden", True)
    assert list(rows(file, table, LIMITS)) == [Row(2, ("C1", "anna@example.com"))]


def test_a_formula_gives_its_stored_value_and_merged_cells_stand_once() -> None:
    def merge(workbook: openpyxl.Workbook) -> None:
        assert workbook.active is not None
        workbook.active.merge_cells("C2:C3")
        workbook.active["D2"] = "=1+1"

    data = a_workbook(
        ["customer_id", "email", "city", "points"],
        ["C1", "a@example.com", "Portland", None],
        ["C2", "b@example.com", None, None],
        change=merge,
    )

    _headers, found = read(data)

    # Nothing has ever worked the formula out here, so it has no value; nobody runs it.
    assert [row.cells for row in found] == [
        ("C1", "a@example.com", "Portland", ""),
        ("C2", "b@example.com", "", ""),
    ]


def test_a_row_that_is_longer_than_the_header_is_rejected() -> None:
    _headers, found = read(a_workbook(["customer_id", "email"], ["C1", "a@example.com", "more"]))

    assert [type(row) for row in found] == [BadRow]


def test_a_workbook_whatever_its_name_is_known_by_its_content() -> None:
    headers, _found = read(a_workbook(["customer_id", "email"]))

    assert headers == ("customer_id", "email")


def a_zip(**parts: bytes) -> bytes:
    """Gives a zip of these parts, by names in which two underscores stand for a slash."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return data.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """Gives a sound workbook in which one part is another one."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(a_workbook(["customer_id", "email"]))) as old,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return data.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (a_zip(contacts_csv=b"email\na@example.com\n"), "zip file and no table"),
        (b"PK\x03\x04 and nothing else", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "locked by a password"),
        (with_part("xl/worksheets/sheet1.xml", b"0" * 15_000_000), "unpack to far more"),
        (with_part("xl/media/image1.png", b"\0" * 21_000_000), "unpack to far more"),
        (with_part("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row"), "damaged"),
        (with_part("xl/worksheets/sheet1.xml", ENTITIES), "damaged"),
        (with_part("xl/workbook.xml", b"<nothing/>"), ""),
        (a_workbook(), "no sheet with a table"),
        (a_workbook(["anna@example.com", "Anna"]), "holds an address"),
        (a_workbook(["a"] * 501), "more than 500 columns"),
    ],
)
def test_what_is_no_workbook_or_means_harm_gets_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(FileUnreadable) as refusal:
        read(data)

    assert words in refusal.value.sentence


def test_a_bomb_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_part("xl/worksheets/sheet1.xml", b"0" * 15_000_000)

    def never(*_arguments: object, **_options: object) -> None:
        raise AssertionError("A part of the bomb was unpacked.")

    monkeypatch.setattr(zipfile.ZipFile, "open", never)

    with pytest.raises(FileUnreadable, match="unpack to far more"):
        detect(io.BytesIO(bomb), LIMITS)


def test_a_workbook_above_the_limit_is_refused() -> None:
    with pytest.raises(FileUnreadable, match="larger than 0 MB"):
        detect(io.BytesIO(a_workbook(["customer_id", "email"])), Limits(1_000, 100))


def test_a_long_cell_is_named_with_its_row() -> None:
    with pytest.raises(FileUnreadable, match="Line 2 holds a cell of more than 1000 characters"):
        read(a_workbook(["customer_id", "email"], ["x" * 1_001, "a@example.com"]))


def test_a_day_without_a_time_is_a_day() -> None:
    _headers, found = read(a_workbook(["email", "day"], ["a@example.com", date(2026, 2, 3)]))

    assert found[0].cells == ("a@example.com", "2026-02-03")
