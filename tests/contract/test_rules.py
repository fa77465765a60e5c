"""Every rule of Braze's contract is proven by a test that names it, or its absence has a reason."""

from __future__ import annotations

import re

import pytest

from tests.contract.claims import claims
from tests.contract.page import PAGE, generated
from tests.contract.rules import OUT_OF_SCOPE, RULES
from tests.shared_data import SHARED_DATA

CONTRACT = SHARED_DATA.parent / "braze-contract.md"


def test_every_rule_is_proven_or_out_of_scope_with_a_reason() -> None:
    proven = claims()

    assert [rule for rule in RULES if rule not in proven and rule not in OUT_OF_SCOPE] == []
    assert [rule for rule in OUT_OF_SCOPE if rule in proven] == []


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    assert sorted(set(claims()) - set(RULES)) == []
    assert sorted(set(OUT_OF_SCOPE) - set(RULES)) == []


def test_the_rules_are_those_of_the_contract() -> None:
    if not CONTRACT.exists():
        pytest.skip("The contract lies beside the project where it is built; it is not here.")

    written = set(re.findall(r"\bB-[A-Z]+-\d+\b", CONTRACT.read_text(encoding="utf-8")))

    assert written - {"B-XXX-n"} == set(RULES)


def test_the_page_shows_the_tables_that_the_tests_make() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert generated(page) == page, "run: make docs"
