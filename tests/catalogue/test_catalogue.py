"""Every row of the catalogue that this project answers for is shown by a test, and the pages are true."""

from __future__ import annotations

import json
import re

from campaigns.brandlock import (
    MergeTag,
    RenderContext,
    Target,
    check_values,
    clean_values,
    compile_source,
    default_values,
    prove,
    render,
)
from campaigns.brandlock.duties import publish_findings
from tests.catalogue.page import (
    DELIVERY_PAGE,
    IMPORTS_PAGE,
    PAGE,
    PEOPLE_PAGE,
    REVIEW_PAGE,
    generated,
    generated_delivery,
    generated_imports,
    generated_people,
    generated_review,
)
from tests.catalogue.rows import ROWS
from tests.contract.claims import CATALOGUE, ROOT, claims

SOURCE = re.compile(r"```html\n(.*?)```", re.DOTALL)
VALUES = re.compile(r"```json\n(.*?)```", re.DOTALL)


def test_every_row_is_shown_by_a_test() -> None:
    shown = claims(CATALOGUE)

    assert [row for row in ROWS if row not in shown] == []
    assert sorted(set(shown) - set(ROWS)) == []


def test_the_page_shows_the_tables_that_the_code_makes() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert generated(page) == page, "run: make docs"


def test_the_page_on_deliveries_shows_the_tests_that_there_are() -> None:
    page = DELIVERY_PAGE.read_text(encoding="utf-8")

    assert generated_delivery(page) == page, "run: make docs"


def test_the_page_on_approval_shows_the_tests_that_there_are() -> None:
    page = REVIEW_PAGE.read_text(encoding="utf-8")
    written = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))

    assert generated_review(page) == page, "run: make docs"
    named = set(re.findall(r"`(test_\w+)`", page))
    assert named
    assert [name for name in named if f"def {name}(" not in written] == []


def test_the_page_on_people_shows_the_rights_and_the_tests_that_there_are() -> None:
    page = PEOPLE_PAGE.read_text(encoding="utf-8")

    assert generated_people(page) == page, "run: make docs"


def test_the_page_on_imports_shows_the_tests_that_there_are() -> None:
    page = IMPORTS_PAGE.read_text(encoding="utf-8")

    assert generated_imports(page) == page, "run: make docs"


def test_the_worked_example_can_be_published_and_sent() -> None:
    page = PAGE.read_text(encoding="utf-8")
    (source,), (written,) = SOURCE.findall(page), VALUES.findall(page)
    context = RenderContext(
        brand={"name": "Northwind Coffee"},
        group={"name": "Pearl Street", "address": "1 Pearl Street, 97204 Portland", "phone": "+1 503 555 0100"},
        unsubscribe_url="https://northwind.example/u",
        day="2026-12-01",
        merge_tags={"first_name": MergeTag("first_name", "First name", "first_name", False, "there", "Sam")},
    )

    compiled = compile_source(source, kind="html")
    values = clean_values(compiled, default_values(compiled) | json.loads(written))
    rendered = render(compiled, values, context, Target.BRAZE)

    assert publish_findings(source, compiled) == ()
    assert check_values(compiled, values, context) == ()
    assert "Ann" in rendered.html and "Ben" in rendered.html and "cake" not in rendered.text.replace("Free cake", "")
    assert "December 4, 2026" in rendered.text and "Just come by." in rendered.text
    assert prove(compiled, values, context, rendered).holds
