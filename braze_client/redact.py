"""What may be logged or shown: text without the API key (B-HTTP-9)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

MARK = "[redacted]"
BEARER = re.compile(r"(?i)\b(bearer)\s+[^\s\"',;}]+")
LONGEST_SHOWN = 2000


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return ``text`` without any of ``secrets`` and without what follows the word Bearer.

    Finds a secret in any case of letters and in percent-encoding. Cuts what is longer than 2,000 characters.
    """
    for secret in secrets:
        for form in {secret, quote(secret, safe="")} - {""}:
            text = re.sub(re.escape(form), MARK, text, flags=re.IGNORECASE)
    text = BEARER.sub(rf"\1 {MARK}", text)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + " [cut]"


def redact_json(value: object, secret: str) -> object:
    """Return a parsed JSON value with the secret taken out of every string in it; names of members stay."""
    match value:
        case str():
            return redact(value, (secret,)) if secret.lower() in value.lower() else value
        case list():
            return [redact_json(item, secret) for item in value]
        case dict():
            return {name: redact_json(item, secret) for name, item in value.items()}
        case _:
            return value


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
