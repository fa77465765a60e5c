"""What stands in the bodies of the API for templates with their fields, and for images."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema


class TemplateOut(Schema):
    """A template that a group may start from; `route` says whether the portal or Braze makes the mail."""

    id: UUID
    name: str
    slug: str
    description: str
    folder: str
    route: str
    version: int
    starts_on: date | None
    expires_on: date | None
    takes_attachments: bool


class OptionOut(Schema):
    """One approved value of a field, and its words."""

    value: str
    label: str


class FieldOut(Schema):
    """A field of a template with its rules; what does not hold for its type is left empty.

    `repeat` names the repeated section whose items hold it, `default` has the shape of the value.
    """

    name: str
    type: str
    label: str
    help: str
    default: Any
    required: bool
    must_change: bool
    is_locked: bool
    minimum: int | None
    maximum: int | None
    lowest: str
    highest: str
    pattern: str
    options: list[OptionOut]
    formats: list[str]
    folders: list[str]
    ratio: str
    domains: list[str]
    section: str | None
    repeat: str | None


class SectionOut(Schema):
    """A section of a template: whether it may be left out, and how often it may stand."""

    name: str
    label: str
    is_optional: bool
    is_repeated: bool
    minimum: int
    maximum: int | None
    choice: str
    repeat: str | None


class TemplateWithFields(TemplateOut):
    """A template with everything that a mailing's values are made of; `values` is where a new mailing begins."""

    fields: list[FieldOut]
    sections: list[SectionOut]
    values: dict[str, Any]


class ImageOut(Schema):
    """An image that a group may use; `group_id` says whose it is."""

    id: UUID
    group_id: UUID
    name: str
    alt: str
    url: str
    width: int
    height: int
    size_bytes: int
    created_at: datetime
