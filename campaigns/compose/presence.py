"""Who has a draft open now: a note in the cache that fades, because it is worth no row (catalogue M26).

Two that come at the very same moment may overwrite each other's note; the next beat, ten seconds later, mends it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from campaigns.models import Mailing
from groups.models import User

FADES_AFTER_SECONDS: Final = 30
MOST_TABS: Final = 40
MOST_TAB_CHARACTERS: Final = 40


@dataclass(frozen=True, slots=True)
class Here:
    """The names of the others who have a draft open, and whether one has it open oneself on another page."""

    names: tuple[str, ...] = ()
    is_twice: bool = False


def come(mailing: Mailing, person: User, tab: str = "") -> Here:
    """Notes that a page of somebody is open, and gives who else is there; a page without a script has no `tab`."""
    notes = _read(mailing)
    own = f"{person.pk}/{tab[:MOST_TAB_CHARACTERS]}"
    notes[own] = (str(person.pk), person.name or person.email, time.time())
    _write(mailing, notes)
    others = {who: name for who, name, _seen in notes.values() if who != str(person.pk)}
    is_twice = bool(tab) and any(key.startswith(f"{person.pk}/") and key not in (own, f"{person.pk}/") for key in notes)
    return Here(tuple(sorted(others.values())), is_twice)


def leave(mailing: Mailing, person: User, tab: str) -> None:
    """Takes the note of a page away; what was noted before its script began goes with it."""
    notes = _read(mailing)
    for name in (tab[:MOST_TAB_CHARACTERS], ""):
        notes.pop(f"{person.pk}/{name}", None)
    _write(mailing, notes)


def _read(mailing: Mailing) -> dict[str, tuple[str, str, float]]:
    held: Iterable[tuple[str, tuple[str, str, float]]] = (cache.get(_key(mailing)) or {}).items()
    since = time.time() - FADES_AFTER_SECONDS
    return {key: note for key, note in held if note[2] > since}


def _write(mailing: Mailing, notes: dict[str, tuple[str, str, float]]) -> None:
    newest = sorted(notes.items(), key=lambda item: item[1][2])[-MOST_TABS:]
    cache.set(_key(mailing), dict(newest), FADES_AFTER_SECONDS)


def _key(mailing: Mailing) -> str:
    return f"composer-here:{mailing.pk}"
