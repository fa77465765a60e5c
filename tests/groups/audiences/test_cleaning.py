"""Cells become values, or are refused with a reason."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groups.audiences import cleaning
from groups.audiences.rejects import CellRefused, RejectReason
from groups.models import AttributeKind


@pytest.mark.parametrize(
    "cell",
    [
        "anna@example.com",
        "\u00a0anna@example.com",
        "ANNA@EXAMPLE.COM",
        "anna\u200b@example.com",
        "  anna@example.com  ",
        "mailto:anna@example.com",
        "Mailto: anna@example.com",
        "<anna@example.com>",
        "\ufeffanna@example.com\u202c",
    ],
)
def test_an_address_loses_its_dirt(cell: str) -> None:
    assert cleaning.address(cell) == "anna@example.com"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", RejectReason.MISSING_EMAIL),
        (" \u200b\u00a0", RejectReason.MISSING_EMAIL),
        ("mailto:", RejectReason.MISSING_EMAIL),
        ("anna at example.com", RejectReason.BAD_EMAIL),
        ("anna@@example.com", RejectReason.BAD_EMAIL),
        ("anna@example.com, ben@example.com", RejectReason.BAD_EMAIL),
        ("anna@" + "x" * 260 + ".com", RejectReason.BAD_EMAIL),
        ("an\x00na@example.com", RejectReason.CONTROL_CHARACTER),
    ],
)
def test_what_is_no_address_is_refused(cell: str, reason: RejectReason) -> None:
    with pytest.raises(CellRefused) as refusal:
        cleaning.address(cell)

    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://evil.example","click")', "<script>alert(1)</script><b>bold", "{{${email_address}}}"]
)
def test_formulas_markup_and_liquid_stay_text(cell: str) -> None:
    assert cleaning.value(cell, AttributeKind.TEXT) == cell


@pytest.mark.parametrize(
    ("cell", "kind", "expected"),
    [
        ("Müller\nsecond line", AttributeKind.TEXT, "Müller second line"),
        ("🎉\u202eאבג\u202c", AttributeKind.TEXT, "🎉אבג"),
        ("👩\u200d🍳", AttributeKind.TEXT, "👩\u200d🍳"),
        ("", AttributeKind.NUMBER, None),
        ("  ", AttributeKind.TEXT, None),
        ("42", AttributeKind.NUMBER, 42),
        ("-1.50", AttributeKind.NUMBER, -1.5),
        ("1951-2-3", AttributeKind.DATE, "1951-02-03"),
        ("2026/11/20", AttributeKind.DATE, "2026-11-20"),
        ("20.11.2026", AttributeKind.DATE, "2026-11-20"),
        ("2026-11-20T08:30:00Z", AttributeKind.DATE, "2026-11-20"),
        ("Ja", AttributeKind.BOOLEAN, True),
        ("FALSE", AttributeKind.BOOLEAN, False),
    ],
)
def test_values_are_read_by_their_kind(cell: str, kind: AttributeKind, expected: object) -> None:
    found = cleaning.value(cell, kind)

    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("cell", "kind", "reason"),
    [
        ("x" * 256, AttributeKind.TEXT, RejectReason.TOO_LONG),
        ("a\x00b", AttributeKind.TEXT, RejectReason.CONTROL_CHARACTER),
        ("11/20/26", AttributeKind.DATE, RejectReason.BAD_DATE),
        ("2026-02-30", AttributeKind.DATE, RejectReason.BAD_DATE),
        ("soon", AttributeKind.DATE, RejectReason.BAD_DATE),
        ("1,234", AttributeKind.NUMBER, RejectReason.BAD_NUMBER),
        ("nan", AttributeKind.NUMBER, RejectReason.BAD_NUMBER),
        ("1e999", AttributeKind.NUMBER, RejectReason.BAD_NUMBER),
        ("maybe", AttributeKind.BOOLEAN, RejectReason.BAD_BOOLEAN),
    ],
)
def test_a_value_of_another_kind_is_refused(cell: str, kind: AttributeKind, reason: RejectReason) -> None:
    with pytest.raises(CellRefused) as refusal:
        cleaning.value(cell, kind)

    assert refusal.value.reason == reason


def test_255_characters_pass() -> None:
    assert cleaning.value("x" * 255, AttributeKind.TEXT) == "x" * 255


@pytest.mark.parametrize("cell", ["", "  ", "x" * 513, "한" * 330])
def test_an_id_that_braze_would_not_take_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        cleaning.external_id(cell)


def test_a_day_is_a_day() -> None:
    assert cleaning.day("2026-11-20") == date(2026, 11, 20)


@given(st.text())
def test_any_text_comes_out_clean_or_is_refused(cell: str) -> None:
    try:
        found = cleaning.text(cell)
    except CellRefused:
        return

    assert cleaning.text(found) == found
    assert not set(found) & {"\n", "\r", "\t", "\x00", "\u200b", "\u202e"}
