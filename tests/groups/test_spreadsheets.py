"""Tables for spreadsheets: which cells are defused, and how a file begins."""

from __future__ import annotations

import pytest

from groups.spreadsheets import csv_lines, defused


def test_a_file_begins_with_its_mark_and_has_a_line_for_each_row() -> None:
    lines = list(csv_lines([("number", "text"), (1, "=1+1"), (2, 'a "word", a comma')]))

    assert lines == [b"\xef\xbb\xbfnumber,text\r\n", b"1,'=1+1\r\n", b'2,"a ""word"", a comma"\r\n']


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "\t'=1"),
        (" =1", " '=1"),
        ("＝1", "'＝1"),
        ("\u00a0=1", "\u00a0'=1"),
        ("\u200b\u3000@A1", "\u200b\u3000'@A1"),
        ("\ufeff\u3164\ufe0f+1", "\ufeff\u3164\ufe0f'+1"),
        ("a;=1", "a;'=1"),
        ("a\t-1", "a\t'-1"),
        ("a\r\n+1", "a\r\n'+1"),
        ("a\n \u2060=1", "a\n \u2060'=1"),
        ("a\u2028@A1", "a\u2028'@A1"),
        ('a;"=1', "a;\"'=1"),
        ("a;=1;=2", "a;'=1;'=2"),
    ],
)
def test_formulas_are_defused_wherever_a_spreadsheet_may_cut_the_cell(cell: str, shown: str) -> None:
    assert defused(cell) == shown


@pytest.mark.parametrize("cell", ["anna@example.com", "Jean-Luc", "1+1=2", "a;b", "", "2026-11-30", "👩‍🚀"])
def test_harmless_cells_stay_as_they_are(cell: str) -> None:
    assert defused(cell) == cell
