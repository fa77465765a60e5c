"""Keyed hashes: they tell whether an address or ID was erased, and not which one it was."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from groups.models import Brand, HashKey
from groups.models.contact import STAND_IN

SECRET_BYTES: Final = 32


def key_of(brand: Brand) -> bytes:
    """Gives the brand's secret, made at its first use; each brand has its own, so that hashes do not meet."""
    key, _is_new = HashKey.objects.get_or_create(brand=brand, defaults={"secret": secrets.token_urlsafe(SECRET_BYTES)})
    secret: str = key.secret
    return secret.encode()


def address_digest(key: bytes, address: str) -> str:
    """Gives the HMAC-SHA256 of an email address in lower case, in hex; of what stands for one the hash that it is."""
    if address.endswith(STAND_IN):
        return address.removesuffix(STAND_IN)
    return _digest(key, f"address:{address.strip().lower()}")


def external_id_digest(key: bytes, external_id: str) -> str:
    """Gives the HMAC-SHA256 of an external ID, in hex."""
    return _digest(key, f"external_id:{external_id}")


def _digest(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()
