"""What stands in the bodies of the API for mailings, tests and reviews; moments in UTC, values by field."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from groups.api.schemas import Named, Said


class TemplateOfMailing(Schema):
    """The template and the version that a mailing is made from."""

    id: UUID
    name: str
    version: int


class MailingOut(Schema):
    """A mailing; `revision` counts its edits, and whatever changes or sends it names the one that it is about."""

    id: UUID
    group_id: UUID
    template: TemplateOfMailing
    name: str
    state: str
    state_reason: str
    revision: int
    is_practice: bool
    audience_id: UUID | None
    send_at: datetime | None
    in_local_time: bool
    last_day: date | None
    author: Named
    created_at: datetime
    updated_at: datetime


class MailingWithValues(MailingOut):
    """A mailing with its field values and what its author wrote of the sender."""

    values: dict[str, Any]
    sender: dict[str, str]


class MailingSaid(Said):
    """A new mailing of a group from a template; a practice one only ever reaches its team."""

    group_id: UUID
    template_id: UUID
    name: str = Field("", max_length=120)
    values: dict[str, Any] = Field(default_factory=dict, max_length=1000)
    is_practice: bool = False


class MailingChange(Said):
    """What changes of a draft, all of it or nothing; what is left out stays as it is.

    `values` are field values by name, as the template declares them. `audience_id`, `send_at` and `last_day` may be
    null: nobody yet, as soon as possible, any day. With `in_local_time` each recipient's own clock counts.
    """

    revision: int = Field(ge=0, le=2**31 - 1)
    name: str | None = Field(None, max_length=120)
    values: dict[str, Any] | None = Field(None, max_length=1000)
    sender: dict[Literal["name", "address", "reply_to"], str] | None = None
    audience_id: UUID | None = None
    send_at: datetime | None = None
    in_local_time: bool | None = None
    last_day: date | None = None


class RevisionSaid(Said):
    """Which revision of the mailing is meant."""

    revision: int = Field(ge=0, le=2**31 - 1)


class SubmitSaid(RevisionSaid):
    """A submission, with words for whoever decides."""

    note: str = Field("", max_length=500)
    is_priority: bool = False


class TimeSaid(Said):
    """Another time, with its offset from UTC."""

    send_at: datetime


class TestsSaid(Said):
    """Who gets a test: IDs of colleagues; nobody named means the token's person."""

    tester_ids: list[UUID] = Field(default_factory=list, max_length=10)


class CheckOut(Schema):
    """What a check found: a stable code, the field or step, a sentence, and whether it stops the mailing."""

    code: str
    field: str
    message: str
    blocks: bool


class ChecksOut(Schema):
    """What stands in a mailing's way, how many people it would reach (null: only Braze knows), and who must agree."""

    is_ready: bool
    needs_approval: bool
    people: int | None
    left_out: dict[str, int]
    findings: list[CheckOut]


class PreviewOut(Schema):
    """A mailing as a sample person would get it; links lead to nobody's unsubscribe page."""

    subject: str
    preheader: str
    html: str
    text: str


class TestOut(Schema):
    """A test mail on its way, or what became of it."""

    id: UUID
    tester: Named
    revision: int
    state: str
    error: str
    dispatch_id: str
    created_at: datetime
    planned_for: datetime | None


class TestsOut(Schema):
    """The test mails of a mailing."""

    items: list[TestOut]


class DifferenceOut(Schema):
    """A field whose value is not the template's."""

    field: str
    label: str
    before: Any
    after: Any


class ReviewOut(Schema):
    """A submission; `digest` is that of what was submitted, and an approval names it."""

    id: UUID
    mailing_id: UUID
    group_id: UUID
    mailing_name: str
    state: str
    level: str
    approvals_needed: int
    digest: str
    note: str
    is_priority: bool
    submitted_by: Named
    submitted_at: datetime
    decide_by: datetime
    decided_at: datetime | None
    reason: str


class ReviewWithDifferences(ReviewOut):
    """A submission with what it changes against the template."""

    differences: list[DifferenceOut]


class ApproveSaid(Said):
    """A yes to exactly what was looked at."""

    digest: str = Field(min_length=1, max_length=64)


class ReasonSaid(Said):
    """Why something goes back."""

    reason: str = Field(min_length=1, max_length=1000)
