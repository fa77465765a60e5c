"""Files that nobody wants: huge ones, misnamed ones, strange dialects; and every address that a corpus knows."""

from __future__ import annotations

import io
import resource
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from groups.audiences import cleaning
from groups.audiences.imports.reading import count, detect, rows
from groups.audiences.imports.tables import Limits, Row
from groups.audiences.rejects import CellRefused
from groups.errors import FileUnreadable
from groups.spreadsheets import defused, undefused
from tests.shared_data import SHARED_DATA

LIMITS = Limits(file_bytes=1_000_000, cell_characters=1_000)
CORPUS = SHARED_DATA / "corpora" / "isemail-tests.xml"

pytestmark = pytest.mark.catalogue("A1")


def test_a_file_of_a_gigabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    with path.open("wb") as sparse:
        sparse.write(b"customer_id,email\nC1,anna@example.com\n")
        sparse.truncate(1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with path.open("rb") as file, pytest.raises(FileUnreadable, match="larger than 200 MB"):
        detect(file, Limits(200 << 20, 10_000))

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_a_file_without_any_line_end_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    with path.open("wb") as sparse:
        sparse.truncate(100 << 20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with path.open("rb") as file, pytest.raises(FileUnreadable):
        detect(file, Limits(200 << 20, 10_000))

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\ncustomer_id;email\r\nC1;anna@example.com\r\n",
        '"sep=|"\ncustomer_id|email\nC1|anna@example.com\n',
        "customer_id|email\nC1|anna@example.com\n",
        "\n\ncustomer_id,email\n\nC1,anna@example.com\n",
        "customer_id,email\rC1,anna@example.com\r",
        'customer_id\temail\n"C1"\t"anna@example.com"',
    ],
)
def test_dialects_of_csv_are_understood(text: str) -> None:
    file = io.BytesIO(text.encode())

    table = detect(file, LIMITS)
    found = list(rows(file, table, LIMITS))

    assert table.headers == ("customer_id", "email")
    assert [row.cells for row in found if isinstance(row, Row)] == [("C1", "anna@example.com")]
    assert count(file, table, LIMITS) == 1


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.emails(),
        st.text("abz09AZ._+-@%'{}! \u00a0é", max_size=40),
        st.from_regex(r"[a-z0-9._+-]{1,20}@[a-z0-9.-]{1,30}\.[a-z]{1,5}", fullmatch=True),
    )
)
def test_the_quick_way_takes_only_what_the_full_rule_takes(cell: str) -> None:
    lowered = cell.lower()
    if cell.isascii() and cleaning.is_plain_address(lowered):
        validate_email(lowered)
        assert cleaning.text(lowered) == lowered
        assert cleaning.address(cell) == lowered


@pytest.mark.skipif(not CORPUS.exists(), reason="THE CORPUS OF ADDRESSES IS NOT ON THIS MACHINE")
def test_every_address_of_the_corpus_is_judged_by_the_one_rule() -> None:
    judged = 0
    for test in ElementTree.parse(CORPUS).getroot().iter("test"):  # a file of our own
        written = test.findtext("address") or ""
        address = "".join(chr(ord(sign) - 0x2400) if 0x2400 <= ord(sign) <= 0x2421 else sign for sign in written)
        judged += 1
        try:
            found = cleaning.address(address)
        except CellRefused:
            continue
        validate_email(found)
        assert len(found) <= 254
        assert "\r" not in found and "\n" not in found and "\0" not in found
        if test.findtext("category") == "ISEMAIL_ERR" and found == address.lower():
            pytest.fail(f"{address!r} is wrong by RFC 5321 and was taken as it stands.")
    assert judged > 150


@given(st.text(max_size=30))
def test_a_defused_cell_comes_back_as_it_was(cell: str) -> None:
    assert undefused(defused(cell)) == cell


def test_what_django_refuses_is_refused() -> None:
    for address in ("a@b", "a..b@example.com", ".a@example.com", "a@-example.com", "a b@example.com"):
        with pytest.raises(ValidationError):
            validate_email(address)
        with pytest.raises(CellRefused):
            cleaning.address(address)
