"""The five languages: nothing untranslated, and every sentence can be filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override

PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|\[\[[^\]]*\]\]|%%")
SENTENCE = re.compile(r"(?!.*\(\?)[^{}\\]{8,}[.?:)]")
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_with_its_places(language: str) -> None:
    path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    messages = [message for message in catalogue if message.id]

    empty, different = [], []
    for message in messages:
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        targets = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(targets):
            empty.append(message.id)
        allowed = {place for source in sources for place in PLACE.findall(source)}
        needed = set(PLACE.findall(sources[-1]))
        for target in targets:
            found = set(PLACE.findall(target))
            if not found <= allowed or (len(sources) == 1 and found != needed):
                different.append(message.id)

    assert len(messages) > 800
    assert (empty, different) == ([], [])


def test_korean_times_begin_with_morning_or_afternoon() -> None:
    moment = datetime(2026, 11, 30, 18, 58, tzinfo=UTC)

    with override("ko"):
        shown = [date_format(moment, name) for name in ("DATETIME_FORMAT", "TIME_FORMAT")]

    assert shown == ["2026년 11월 30일 오후 6:58", "오후 6:58"]


def test_every_sentence_of_brand_lock_is_collected() -> None:
    """Brand lock knows nothing of gettext, so that a sentence could be forgotten there without a sign."""
    path = Path(settings.LOCALE_PATHS[0]) / LANGUAGES[0] / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        known = {message.id for message in read_po(file) if isinstance(message.id, str)}
    room = Path(settings.BASE_DIR) / "campaigns" / "brandlock"

    found = {
        (str(source.relative_to(room)), text)
        for source in room.rglob("*.py")
        for text in _sentences(ast.parse(source.read_text(encoding="utf-8")))
    }

    assert len(found) > 150
    assert sorted((name, text) for name, text in found if text not in known) == []


def _sentences(tree: ast.Module) -> Iterator[str]:
    """Yields the texts that read like sentences for people; errors of the code and texts of the papers are none."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        is_for_papers = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "meaning"
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_docstring or is_for_papers or isinstance(node, ast.Raise):
            passed |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in passed else None
        if isinstance(text, str) and " " in text and SENTENCE.fullmatch(text):
            yield text
