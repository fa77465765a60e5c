"""What imports tell people, in every language."""

from __future__ import annotations

import pytest
from django.utils import translation

from groups.audiences.imports.kinds import FINISHED, KINDS
from groups.notices.kinds import Kind

ABOUT = {
    "file": "guests.xlsx",
    "audience": "Regulars",
    "taken": 3,
    "rejected": 1,
    "rows": 9,
    "where": "Portland",
    "person": "Lou",
}
LANGUAGES = ("en", "de", "fr", "es", "ko")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_is_told_in_every_language(kind: Kind, language: str) -> None:
    with translation.override(language):
        words = kind.words(ABOUT)

    said = f"{words.title} {words.sentence} {words.action}"
    assert "%(" not in said
    assert "guests.xlsx" in words.title or "Portland" in words.title
    assert language == "en" or words.action not in ("See the import", "See why", "See what would happen")


def test_a_file_without_rejects_asks_for_nothing() -> None:
    assert "upload" not in FINISHED.words({**ABOUT, "rejected": 0}).sentence
