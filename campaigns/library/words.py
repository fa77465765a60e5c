"""Names and descriptions as one line, which can stand in a heading, a file name and the header of a mail."""

from __future__ import annotations

from campaigns.brandlock import clean_text


def one_line(text: str) -> str:
    """Gives words in one line, without control characters and without spaces at their ends."""
    return " ".join(clean_text(text).split())
