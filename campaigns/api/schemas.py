"""What stands in the bodies of the API for things of this package; moments in UTC, values as design has them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Field, Schema

from groups.api.schemas import Named, Said


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


class DeliveryOut(Schema):
    """A mailing's hand-over to Braze; `people` is how many its audience had when it was frozen, null for a segment."""

    id: UUID
    mailing_id: UUID
    route: str
    state: str
    state_reason: str
    send_id: str
    digest: str
    people: int | None
    left_out: dict[str, int]
    batches: dict[str, int]
    go_at: datetime | None
    undo_until: datetime | None
    created_at: datetime
    settled_at: datetime | None


class DeliveriesOut(Schema):
    """The deliveries of a mailing, newest first."""

    items: list[DeliveryOut]


class BatchOut(Schema):
    """Up to 50 people of a delivery and what Braze said of them."""

    id: int
    number: int
    kind: str
    size: int
    state: str
    attempt: int
    dispatch_id: str
    schedule_id: str
    status: int | None
    error: str
    called_at: datetime | None
    answered_at: datetime | None
    planned_for: datetime | None


class DecisionSaid(Said):
    """What an uncertain batch counts as: sent, or to be handed over again."""

    decision: Literal["sent", "again"]


class RateOut(Schema):
    """A count, null where Braze names none, its share of the delivered mails (0 to 1), and how it stands."""

    count: int | None
    share: float | None
    standing: str
    usual: float | None


class ReportOut(Schema):
    """The numbers of a mailing; `has_data` false means that there are none yet, which is not zero."""

    mailing_id: UUID
    has_data: bool
    sent: int | None = None
    delivered: int | None = None
    rates: dict[str, RateOut] = Field(default_factory=dict)
    days: int = 0
    read_at: datetime | None = None


class EntryOut(Schema):
    """A mailing at the moment at which it goes or went out; `day` is that of the group whose calendar it is."""

    mailing_id: UUID
    group_id: UUID
    name: str
    state: str
    goes_at: datetime
    day: date
    people: int | None


class CalendarOut(Schema):
    """The mailings of a stretch of days, at most 200 a day, and how many each day has in all."""

    time_zone: str
    items: list[EntryOut]
    totals: dict[str, int]
