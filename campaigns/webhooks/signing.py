"""Signatures as Standard Webhooks has them: HMAC-SHA256 over id, moment and body (v1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"
_BYTES: Final = 32


def new_secret() -> str:
    """Gives a new secret as its receiver writes it down: `whsec_` and 32 random bytes in Base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(texts: Iterable[str], *, id: str, timestamp: int, body: bytes) -> str:
    """Gives the header `webhook-signature`: one signature a secret, with blanks between; `texts` are the secrets."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_one(text, signed)}" for text in texts)


def _one(text: str, signed: bytes) -> str:
    key = base64.b64decode(text.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
