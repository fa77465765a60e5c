"""What may be logged or shown: text without the API key (B-HTTP-9)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

MARK = "[redacted]"
BEARER = re.compile(r"(?i)\b(bearer)\s+[^\s\"',;}]+")
LONGEST_SHOWN = 2000


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return ``text`` without any of ``secrets`` and without what follows the word Bearer.

    Finds a secret in any case of letters, and where any of its characters is percent-encoded or escaped as in JSON.
    Cuts what is longer than 2,000 characters.
    """
    for secret in secrets:
        text = _pattern(secret).sub(MARK, text)
    text = BEARER.sub(rf"\1 {MARK}", text)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " [cut]"


def may_hold(content: bytes, secret: str) -> bool:
    """Return whether a body could hold the secret; escapes and percent signs may hide it, anything else shows it."""
    return b"\\" in content or b"%" in content or secret.lower().encode() in content.lower()


def redact_json(value: object, secret: str) -> object:
    """Return a parsed JSON value with the secret taken out of every string in it, names of members too."""
    match value:
        case str():
            return redact(value, (secret,)) if _pattern(secret).search(value) else value
        case list():
            return [redact_json(item, secret) for item in value]
        case dict():
            return {redact_json(name, secret): redact_json(item, secret) for name, item in value.items()}
        case _:
            return value


@functools.lru_cache(maxsize=8)
def _pattern(secret: str) -> re.Pattern[str]:
    """Return what finds a secret in any of its written forms; nothing for an empty one."""
    forms = (
        f"(?:{re.escape(letter)}|%{ord(letter):02x}|\\\\u{ord(letter):04x}|\\\\{re.escape(letter)})"
        for letter in secret
    )
    return re.compile("".join(forms) if secret else r"(?!)", re.IGNORECASE)


class Secret:
    """A text that shows itself only when asked by :meth:`reveal`: not in repr, str, logs or tracebacks."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the text itself."""
        return self._value

    def __repr__(self) -> str:
        return MARK

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled")
