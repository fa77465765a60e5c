"""The hash chain of a brand's events: what a seal's digest is made of.

Each brand has a chain of its own, because exports and verification are a brand's too, and so brands wait neither for
each other's sealing nor need each other's events to prove theirs. SHA-256 runs over lines of canonical JSON (sorted
keys, no blanks, ASCII): one that names the chain's form, the brand, the seal's number, its time, how many events it
covers, and the digest before it; then one for each event, in the order of their ids.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from groups.models import Event

FORM: Final = 1
NO_DIGEST: Final = "0" * 64
MARK_CHARACTERS: Final = 16
# What an event says; `seal` is no part of it, because it is written later.
_COLUMNS: Final = (
    "id",
    "at",
    "brand_id",
    "group_id",
    "actor_id",
    "acting_as_id",
    "action",
    "target_kind",
    "target_id",
    "origin",
    "place",
    "detail",
    "before",
    "after",
)


@dataclass(frozen=True, slots=True)
class Link:
    """A seal's digest, and its events as `[id, mark]`: the mark is the beginning of the event's own digest."""

    digest: str
    contents: list[list[int | str]]


def link(*, brand_id: uuid.UUID, number: int, sealed_at: datetime, previous: str, events: Sequence[Event]) -> Link:
    """Computes a seal over events, which stand in the order of their ids; `previous` is the digest before it."""
    whole = sha256()
    head = {
        "form": FORM,
        "brand": brand_id,
        "number": number,
        "sealed_at": sealed_at,
        "count": len(events),
        "previous": previous,
    }
    whole.update(_line(head))
    contents: list[list[int | str]] = []
    for event in events:
        line = _line({name: getattr(event, name) for name in _COLUMNS})
        whole.update(line)
        contents.append([event.pk, sha256(line).hexdigest()[:MARK_CHARACTERS]])
    return Link(whole.hexdigest(), contents)


def _line(values: Mapping[str, object]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), default=_plain).encode("ascii") + b"\n"


def _plain(value: object) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
