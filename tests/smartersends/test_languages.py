"""The five languages: nothing untranslated, and every sentence can be filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}|\[\[[^\]]*\]\]|%%")
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
