"""What stands in the bodies of the API for things of this package; values as JSON carries them, moments in UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema
from pydantic import ConfigDict


class Said(Schema):
    """The body of a request; a name that nobody knows is refused, so that no misspelt one is passed over."""

    model_config = ConfigDict(extra="forbid")


class Named(Schema):
    """Something with an ID and a name."""

    id: UUID
    name: str


class ProblemEntry(Schema):
    """One thing that is wrong: the path of the field, and a sentence."""

    field: str
    message: str
    code: str = ""


class ProblemOut(Schema):
    """A refusal (RFC 9457): `type` is stable, `detail` a sentence in the language of the request."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemEntry] = Field(default_factory=list)


class RoleOut(Schema):
    """A role that the person holds on a group, and so on those below it."""

    group: Named
    role: str
    until: datetime | None


class MeOut(Schema):
    """Whose token this is, in which brand, what it may do at most, and until when it holds."""

    id: UUID
    name: str
    email: str
    brand: Named
    scopes: list[str]
    expires_at: datetime | None
    roles: list[RoleOut]


class GroupOut(Schema):
    """A group; `may` is what this token may do in it now."""

    id: UUID
    parent_id: UUID | None
    code: str
    name: str
    kind: str
    language: str
    time_zone: str
    closed_at: datetime | None
    may: list[str]


class AudienceOut(Schema):
    """An audience; `size` counts the people of a list, and is null for a filter and a segment."""

    id: UUID
    group_id: UUID
    name: str
    kind: str
    size: int | None
    is_private: bool
    created_at: datetime


class ListSaid(Said):
    """A new list of contacts."""

    name: str = Field(min_length=1, max_length=120)


class ContactOut(Schema):
    """A contact as far as the token's person sees it; of a brand that keeps no contacts `email` is empty."""

    id: UUID
    external_id: str
    email: str
    attributes: dict[str, Any]
    consent_source: str
    consent_on: date | None
    sync_state: str


class ContactSaid(Said):
    """One person for a list; `statement` confirms that they agreed to get marketing mail (catalogue A16)."""

    email: str = Field(max_length=300)
    external_id: str = Field("", max_length=1000)
    attributes: dict[str, str | int | float | bool | None] = Field(default_factory=dict, max_length=200)
    consent_source: str = Field("", max_length=120)
    consent_on: date | None = None
    consent_text: str = Field("", max_length=500)
    statement: bool


class ContactChangeSaid(Said):
    """A contact as it should be; attributes that are left out become empty, as in the form of the page."""

    email: str = Field(max_length=300)
    attributes: dict[str, str | int | float | bool | None] = Field(default_factory=dict, max_length=200)
    consent_source: str = Field("", max_length=120)
    consent_on: date | None = None
    consent_text: str = Field("", max_length=500)


class AddedOut(Schema):
    """Who stands on a list now; nothing of them but their IDs, so that no answer that is kept tells of a person."""

    id: UUID
    external_id: str
    audience_id: UUID


class ColumnOut(Schema):
    """A column of a file: its position from 0, its header, and what it is taken for; empty where it is left out."""

    position: int
    header: str
    target: str


class ImportOut(Schema):
    """A file of contacts on its way in, and what it did so far."""

    id: UUID
    audience_id: UUID
    file_name: str
    mode: str
    state: str
    failure: str
    columns: list[ColumnOut]
    rows_total: int
    rows_done: int
    rows_new: int
    rows_updated: int
    rows_unchanged: int
    rows_rejected: int
    rows_suppressed: int
    needs_confirmation: bool
    created_at: datetime
    finished_at: datetime | None


class RejectOut(Schema):
    """A row that was not imported: its line in the file, a code, and the reason in words."""

    line: int
    reason: str
    message: str
    column: str


class ColumnsSaid(Said):
    """What each column of a file means, by its position from 0; with `is_trial` nothing is imported yet."""

    columns: dict[int, str] = Field(max_length=500)
    is_trial: bool = False


class BeginSaid(Said):
    """Lets a file in that was tried; `is_confirmed` is the word that a large one needs."""

    is_confirmed: bool = False


class RowsSaid(Said):
    """People for a list, a thousand at most, each an object by `email`, `external_id` and the names of attributes.

    `statement` confirms that they agreed to get marketing mail; where, when and to which words is said once for all.
    """

    rows: list[dict[str, str | int | float | bool | None]] = Field(min_length=1, max_length=1000)
    consent_source: str = Field(max_length=120)
    consent_on: date
    consent_text: str = Field(max_length=500)
    statement: bool
