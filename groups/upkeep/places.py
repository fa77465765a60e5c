"""Where secrets stand encrypted: every encrypted column, and the seeds of second factors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db.models import Model, TextField, Value
from django.db.models.functions import Cast

from groups.crypto import EncryptedTextField

# What allauth encrypts inside the data of a second factor: an app's seed, and that of recovery codes.
FACTOR_SECRETS: Final = ("secret", "seed")
CHUNK: Final = 200


@dataclass(frozen=True, slots=True)
class Secret:
    """One stored secret as it stands in its row, encrypted; `replace` stores another text for the same secret.

    `replace` tells whether the row still had this text; nothing is written where somebody has changed it meanwhile.
    """

    place: str
    row: str
    token: str
    replace: Callable[[str], bool]


def secrets() -> Iterator[Secret]:
    """Gives every stored secret, in the order of its table and key; empty ones are left out."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield from _of_column(model, field)
    yield from _of_factors()


def _of_column(model: type[Model], field: EncryptedTextField) -> Iterator[Secret]:
    """Reads a column past its decryption, some rows at a time."""
    rows = model._base_manager.annotate(stored=Cast(field.name, TextField())).exclude(stored="").order_by("pk")
    place, last = f"{model._meta.db_table}.{field.column}", None
    while chunk := list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", "stored")[:CHUNK]):
        for pk, stored in chunk:
            if stored:
                yield Secret(place, str(pk), stored, _replacing(model, field.name, pk, stored))
        last = chunk[-1][0]


def _replacing(model: type[Model], name: str, pk: Any, stored: str) -> Callable[[str], bool]:
    def replace(token: str) -> bool:
        rows = model._base_manager.annotate(stored=Cast(name, TextField())).filter(pk=pk, stored=stored)
        # A value of another type goes past the column's own encryption.
        return bool(rows.update(**{name: Value(token, output_field=TextField())}))

    return replace


def _of_factors() -> Iterator[Secret]:
    for factor in Authenticator.objects.order_by("pk").iterator(chunk_size=CHUNK):
        for name in FACTOR_SECRETS:
            if stored := factor.data.get(name):
                place = f"{Authenticator._meta.db_table}.data.{name}"
                yield Secret(place, str(factor.pk), stored, _replacing_in(factor.pk, name, stored))


def _replacing_in(pk: int, name: str, stored: str) -> Callable[[str], bool]:
    def replace(token: str) -> bool:
        factor = Authenticator.objects.select_for_update().filter(pk=pk).first()
        if factor is None or factor.data.get(name) != stored:
            return False
        Authenticator.objects.filter(pk=pk).update(data={**factor.data, name: token})
        return True

    return replace
