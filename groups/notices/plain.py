"""Text of local people on its way into a notice: one line, without anything that a reader does not see."""

from __future__ import annotations

import re
from typing import Final

LINE_CHARACTERS: Final = 200
# Control characters (line breaks of every alphabet among them), lone surrogates and switches of the writing direction.
_UNWANTED: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def one_line(text: str, *, characters: int = LINE_CHARACTERS) -> str:
    """Gives text as one line of at most so many characters, fit for a header of a mail."""
    line = " ".join(_UNWANTED.sub(" ", text).split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"
