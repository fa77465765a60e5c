"""What Braze was told of a person, as keyed hashes: enough to tell only what changed, not enough to read it."""

from __future__ import annotations

import hmac
from typing import Final

import orjson

CHARACTERS: Final = 24
"""Of a hash in hex: 96 bits, for values that are compared with one other."""


def digest_of(key: bytes, name: str, value: object) -> str:
    """Gives the keyed hash of one value of a profile; the same value under another name has another one."""
    text = orjson.dumps([name, value], option=orjson.OPT_SORT_KEYS)
    return hmac.digest(key, b"value:" + text, "sha256").hex()[:CHARACTERS]
