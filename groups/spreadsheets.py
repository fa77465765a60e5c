"""Tables for spreadsheets: CSV of which no program takes any cell for a formula."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

FORMULA_SIGNS: Final = frozenset("=+-@＝＋－＠﹦﹢﹣﹫")
# Quotation marks count, because a file that is cut at other signs than its own loses them. The rest are letters and
# signs that nobody sees: fillers of Hangul, the empty Braille sign, selectors of a letter's looks.
OPENING: Final = frozenset(";\"'\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(code) for code in range(0xFE00, 0xFE10)
}
UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


class _Line:
    """What `csv.writer` writes to: the last line only."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """Gives rows as CSV (UTF-8 with mark), a line at a time.

    An apostrophe stands before everything that a spreadsheet would run as a formula.
    """
    line = _Line()
    writer = csv.writer(line)
    mark = b"\xef\xbb\xbf"
    for cells in rows:
        writer.writerow([defused(str(cell)) for cell in cells])
        yield mark + line.text.encode()
        mark = b""


def defused(cell: str) -> str:
    """Gives a cell of which no spreadsheet takes any part for a formula: an apostrophe stands before each such sign.

    That holds at its start and after what a spreadsheet may cut or trim it at: semicolons, tabs, line ends, blanks and
    marks that nobody sees.
    """
    found = []
    is_open = True
    for letter in cell:
        if is_open and letter in FORMULA_SIGNS:
            found.append("'")
        is_open = letter in OPENING or unicodedata.category(letter) in UNSEEN_CATEGORIES
        found.append(letter)
    return "".join(found)


def undefused(cell: str) -> str:
    """Gives a cell as it was before `defused`, for our own files that people mend and send back."""
    found = []
    is_open = True
    for letter, following in zip(cell, f"{cell[1:]}\0", strict=False):
        if not (is_open and letter == "'" and following in FORMULA_SIGNS):
            found.append(letter)
        is_open = letter in OPENING or unicodedata.category(letter) in UNSEEN_CATEGORIES
    return "".join(found)
