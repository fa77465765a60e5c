"""Lists in pages: a cursor says where the next one begins, so that what is added meanwhile moves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Field, Query, Schema

from groups.api.authentication import ApiRequest
from groups.api.problems import refused

M = TypeVar("M", bound=Model)
T = TypeVar("T")
PAGE_SIZE: Final = 50
MOST_ON_A_PAGE: Final = 200
_SALT: Final = "groups.api.cursor"


class Paging(Schema):
    """Which page of a list is asked for."""

    limit: int = Field(PAGE_SIZE, ge=1, le=MOST_ON_A_PAGE, description="How many entries at most.")
    cursor: str = Field("", max_length=1000, description="`next` of the page before; empty for the first page.")


AskedPage = Annotated[Paging, Query(...)]


class Page(Schema, Generic[T]):
    """One page of a list; `next` is the cursor of the page after it, null on the last one."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Found(Generic[M]):
    """The rows of a page, and the cursor of the next one."""

    rows: list[M]
    next: str | None


def page_of(
    request: ApiRequest, found: QuerySet[M], paging: Paging, *, by: str = "created_at", newest_first: bool = True
) -> Found[M]:
    """Gives a page of a list that goes by a column, and by the primary key where that is equal.

    The cursor names the last row that was given; it is signed, and holds for this list and this token's person alone.
    Raises `Problem` for one that is not ours. The column must never change, and never be empty.
    """
    salt = f"{_SALT}:{request.path}:{request.auth.pk}"
    comparison = "lt" if newest_first else "gt"
    if paging.cursor:
        value, pk = _read(paging.cursor, salt)
        after = Q(**{f"{by}__{comparison}": value}) | Q(**{by: value, f"pk__{comparison}": pk})
        found = found.filter(after)
    sign = "-" if newest_first else ""
    rows = list(found.order_by(f"{sign}{by}", f"{sign}pk")[: paging.limit + 1])
    if len(rows) <= paging.limit:
        return Found(rows, None)
    rows = rows[:-1]
    last = rows[-1]
    return Found(rows, signing.dumps(_written((getattr(last, by), last.pk)), salt=salt, compress=True))


def _written(values: Sequence[Any]) -> list[list[str]]:
    """Gives values as JSON carries them, each with its kind: of moments no microsecond may be lost."""
    kinds = {datetime: "moment", UUID: "id", int: "number", str: "text"}
    return [[kinds[type(value)], value.isoformat() if isinstance(value, datetime) else str(value)] for value in values]


def _read(cursor: str, salt: str) -> tuple[Any, Any]:
    readers = {"moment": datetime.fromisoformat, "id": UUID, "number": int, "text": str}
    try:
        value, pk = (readers[kind](text) for kind, text in signing.loads(cursor, salt=salt))  # type: ignore[operator]
    except (signing.BadSignature, ValueError, KeyError, TypeError) as error:
        raise refused("cursor", _("This is no cursor of this list. Begin at its first page.")) from error
    return value, pk
