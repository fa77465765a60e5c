"""What stands in the bodies of the API for what became of mailings: deliveries, batches, numbers, calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from groups.api.schemas import Said


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


class TableOut(Schema):
    """A stretch of a report's table; `has_more` tells that others follow. An empty cell is not known, not 0."""

    columns: list[str]
    rows: list[list[str | int | float]]
    has_more: bool


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
