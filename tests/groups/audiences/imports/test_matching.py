"""Headers find their meaning, and what has none is named."""

from __future__ import annotations

import pytest

from groups.audiences.imports.matching import match
from groups.models import Attribute, AttributeKind

ATTRIBUTES = [
    Attribute(name=name, label=label, braze_name=braze_name, kind=AttributeKind.TEXT)
    for name, label, braze_name in (
        ("first_name", "First name", "first_name"),
        ("last_name", "Last name", "last_name"),
        ("city", "City", "home_city"),
        ("birthday", "Birthday", "dob"),
        ("loyalty_tier", "Loyalty tier", "tier"),
    )
]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("external_id", "external_id"),
        ("Customer ID", "external_id"),
        ("customer_id", "external_id"),
        ("Kundennummer", "external_id"),
        ("E-Mail", "email"),
        ("EMAIL ADDRESS", "email"),
        ("Adresse e-mail", "email"),
        ("correo electrónico", "email"),
        ("이메일", "email"),
        ("Emial address", "email"),
        ("First Name", "first_name"),
        ("Vorname", "first_name"),
        ("Prénom", "first_name"),
        ("firstname", "first_name"),
        ("Nachname", "last_name"),
        ("home_city", "city"),
        ("Loyalty-Tier", "loyalty_tier"),
        ("Consent Date", "consent_on"),
        ("consent source", "consent_source"),
    ],
)
def test_a_header_finds_its_meaning(header: str, target: str) -> None:
    assert match([header], ATTRIBUTES).mapping == {0: target}


def test_what_has_no_meaning_is_named_as_left_out() -> None:
    found = match(["email", "Store Code", "salary", "", "Last Visit"], ATTRIBUTES)

    assert found.mapping == {0: "email"}
    assert found.left_out == ("Store Code", "salary", "", "Last Visit")


def test_a_meaning_is_given_once_and_the_exact_word_wins() -> None:
    found = match(["E-Mail", "email", "mail"], ATTRIBUTES)

    assert found.mapping == {1: "email"}
    assert found.left_out == ("E-Mail", "mail")
