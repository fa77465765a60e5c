"""Secrets at rest: a text column that is encrypted with a ring of keys from the environment."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class SecretUnreadable(Exception):
    """A stored secret that none of the configured keys opens: its key has left `FIELD_ENCRYPTION_KEYS`."""


@lru_cache(maxsize=16)
def ring_of(keys: tuple[str, ...]) -> MultiFernet:
    """Gives the ring of these keys; raises `ImproperlyConfigured` where there is none."""
    if not keys:
        raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS is empty: secrets can neither be stored nor read.")
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])


def ring() -> MultiFernet:
    """Gives the key ring; the first key of `FIELD_ENCRYPTION_KEYS` encrypts, all of them decrypt."""
    return ring_of(tuple(settings.FIELD_ENCRYPTION_KEYS))


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A text that stands encrypted in its column; the empty text stays empty.

    Raises `SecretUnreadable` on loading a row that no key of the ring opens.
    """

    def get_prep_value(self, value: str | None) -> str | None:
        """Encrypts on the way into the database."""
        return ring().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypts on the way out of the database."""
        if not value:
            return value
        try:
            return ring().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise SecretUnreadable("No key in FIELD_ENCRYPTION_KEYS opens this secret.") from error
