"""What may leave in a log or a report: text without addresses, keys, and what a database or a person wrote."""

from __future__ import annotations

import re
from typing import Final

ADDRESS: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# A token, and whatever else is long and random: letters with digits among them, and no id of a row.
BEARER: Final = re.compile(r"(?i)\b(bearer|authorization:)\s+\S+")
KEY: Final = re.compile(
    r"\b(?![0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b)(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{32,}\b"
)
CREDENTIALS: Final = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)")
# PostgreSQL names the values of a row that breaks a rule: `DETAIL:  Key (address)=(ann@example.com) already exists.`
DETAIL: Final = re.compile(r"\s*\b(DETAIL|CONTEXT|HINT|LINE \d+):.*", re.DOTALL)
QUOTED: Final = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|“[^”\n]*”|\([^()\n]*\)")
LONGEST: Final = 400


def without_people(text: str) -> str:
    """Gives a text without email addresses, keys and passwords."""
    return KEY.sub("[key]", BEARER.sub(r"\1 [key]", ADDRESS.sub("[address]", CREDENTIALS.sub("[password]", text))))


def without_values(text: str) -> str:
    """Gives the message of an error without what it quotes, which may be anybody's name; at most 400 characters."""
    return without_people(QUOTED.sub("[…]", DETAIL.sub("", text)))[:LONGEST]
