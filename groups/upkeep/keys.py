"""Key rotation: every stored secret comes under the first key of `FIELD_ENCRYPTION_KEYS`, and is then looked at again.

What hangs on a stored secret stays as it is: the key under which a brand's addresses are hashed is such a secret, and
only its envelope changes, so that everybody who was erased or must not be mailed is found as before.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction

from groups import crypto
from groups.upkeep.places import secrets

MARK_CHARACTERS = 8


@dataclass(slots=True)
class Standing:
    """Under which key the stored secrets are.

    `by_key` counts them by the place of the key in the ring, 0 is the first; `by_place` by table and column.
    `unreadable` names those that no key opens, as `table.column ROW`.
    """

    by_key: Counter[int] = field(default_factory=Counter)
    by_place: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether every secret is under the first key."""
        return not self.unreadable and not any(count for place, count in self.by_key.items() if place)


def look() -> Standing:
    """Reads every stored secret and says under which key it is; changes nothing."""
    rings, found = _rings(), Standing()
    for secret in secrets():
        found.by_place[secret.place] += 1
        place = next((number for number, ring in enumerate(rings) if _opens(ring, secret.token)), None)
        if place is None:
            found.unreadable.append(f"{secret.place} {secret.row}")
        else:
            found.by_key[place] += 1
    return found


def rotate() -> int:
    """Brings every secret that another key opens under the first one; gives how many.

    Each in a transaction of its own: whoever is cut off goes on where it stopped, and a secret that somebody changes in
    the same moment is theirs. One that no key opens is left as it is.
    """
    first, ring, moved = _rings()[0], crypto.ring(), 0
    for secret in secrets():
        if _opens(first, secret.token) or not _opens(ring, secret.token):
            continue
        with transaction.atomic():
            moved += secret.replace(ring.rotate(secret.token.encode()).decode())
    return moved


def marks() -> list[str]:
    """Gives for each key of the ring the beginning of its hash, by which operators tell keys apart."""
    return [hashlib.sha256(b"mark:" + key.encode()).hexdigest()[:MARK_CHARACTERS] for key in _keys()]


def _keys() -> list[str]:
    return list(settings.FIELD_ENCRYPTION_KEYS)


def _rings() -> list[MultiFernet]:
    """Gives a ring of one key for each key; raises `ImproperlyConfigured` where there is none."""
    return [crypto.ring_of((key,)) for key in _keys()] or [crypto.ring()]


def _opens(ring: MultiFernet, token: str) -> bool:
    try:
        ring.decrypt(token.encode())
    except InvalidToken:
        return False
    return True
