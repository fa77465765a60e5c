"""Finding Liquid in a text, and making people's text inert."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ZERO_WIDTH_SPACE = "\u200b"

_BRACE = re.compile(f"{_ZERO_WIDTH_SPACE}?([{{}}]){_ZERO_WIDTH_SPACE}?")

_DELIMITER = re.compile(r"\{\{|\}\}|\{%|%\}|\$\{")

_OPENER = re.compile(r"\{\{|\{%")

_OUTPUT = re.compile(r"\{\{(?:\$\{[^{}]*\}|(?!\}\}).)*+\}\}", re.DOTALL)

_TAG = re.compile(r"\{%(?:\$\{[^{}]*\}|(?!%\}).)*+%\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LiquidTag:
    """One tag of a text: `text[start:end] == source`."""

    start: int
    end: int
    source: str


def contains_liquid(text: str) -> bool:
    """Tells whether any of `{{`, `}}`, `{%`, `%}`, `${` stands in the text (B-LIQ-1)."""
    return _DELIMITER.search(text) is not None


def neutralise(text: str) -> str:
    """Returns the text with every brace set apart by zero-width spaces, so that no delimiter can form (B-LIQ-1).

    All five delimiters hold a brace, so the result stays inert between any other neutralised texts; a leading `%` and
    a trailing `$` are guarded as well, so that a lone brace of a template beside it cannot open a tag. Idempotent.
    """
    inert = _BRACE.sub(rf"{_ZERO_WIDTH_SPACE}\1{_ZERO_WIDTH_SPACE}", text)
    if inert.startswith("%"):
        inert = _ZERO_WIDTH_SPACE + inert
    if inert.endswith("$"):
        inert += _ZERO_WIDTH_SPACE
    return inert


def tags_in(text: str) -> tuple[LiquidTag, ...]:
    """Returns the Liquid tags of the text in order; an opener without its closer runs to the end of the text."""
    found: list[LiquidTag] = []
    position = 0
    while (opener := _OPENER.search(text, position)) is not None:
        pattern = _OUTPUT if opener.group() == "{{" else _TAG
        whole = pattern.match(text, opener.start())
        position = whole.end() if whole is not None else len(text)
        found.append(LiquidTag(start=opener.start(), end=position, source=text[opener.start() : position]))
    return tuple(found)
