"""Contacts in great numbers, written as fast as each database takes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from groups.models import Audience, AudienceMember, Brand, Contact, SyncState

_CHUNK: Final = 20_000
_COPIED: Final = (
    "id", "brand_id", "external_id", "email", "attributes", "consent_source", "consent_text", "token", "sync_state",
    "sync_error", "sync_revision", "synced", "created_at", "updated_at",
)  # fmt: skip


def write_contacts(
    connection: Any,
    brand: Brand,
    audience: Audience,
    number: int,
    values: Callable[[int], Mapping[str, object]],
    *,
    state: SyncState = SyncState.SYNCED,
) -> None:
    """Puts so many new contacts on a list; `values` gives the attributes of the one with a number."""
    for first in range(0, number, _CHUNK):
        numbers = range(first, min(first + _CHUNK, number))
        if connection.vendor == "postgresql":
            _copy(connection, brand, audience, [(uuid4(), n, values(n)) for n in numbers], state)
        else:
            _create(brand, audience, [(uuid4(), n, values(n)) for n in numbers], state)
    Audience.objects.filter(pk=audience.pk).update(size=number)
    audience.size = number


def _copy(
    connection: Any,
    brand: Brand,
    audience: Audience,
    people: list[tuple[UUID, int, Mapping[str, object]]],
    state: SyncState,
) -> None:
    now = timezone.now()

    def rows() -> Iterator[tuple[object, ...]]:
        for key, n, attributes in people:
            address = f"person{n}@bench.example"
            yield (
                key, brand.pk, f"P{n}", address, json.dumps(attributes), "bench", "", key.hex[:24], state.value, "", 0,
                "{}", now, now,
            )  # fmt: skip

    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY groups_contact ({', '.join(_COPIED)}) FROM STDIN") as copy:
            for row in rows():
                copy.write_row(row)
        with cursor.copy("COPY groups_audiencemember (audience_id, contact_id, added_at) FROM STDIN") as copy:
            for key, _n, _attributes in people:
                copy.write_row((audience.pk, key, now))


def _create(
    brand: Brand, audience: Audience, people: list[tuple[UUID, int, Mapping[str, object]]], state: SyncState
) -> None:
    with transaction.atomic():
        Contact.objects.bulk_create(
            Contact(
                pk=key,
                brand=brand,
                external_id=f"P{n}",
                email=f"person{n}@bench.example",
                attributes=dict(attributes),
                sync_state=state,
            )
            for key, n, attributes in people
        )
        AudienceMember.objects.bulk_create(
            AudienceMember(audience=audience, contact_id=key) for key, _n, _attributes in people
        )
