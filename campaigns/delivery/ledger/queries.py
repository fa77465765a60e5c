"""Reading the batches of a delivery and the people of a batch, from the indexes alone: there may be 20,000 of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from campaigns.delivery.ledger.words import Move, Standing, standing_of, standing_of_person
from campaigns.delivery.timing import span_of_wall_clock
from campaigns.models import Batch, BatchKind, BatchState, Delivery, Recipient, Route
from groups.access import groups_with, open_members
from groups.models import AudienceMember, Event, User
from groups.roles import Permission

BATCHES_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many batches of a delivery are in a state."""

    state: str
    label: str
    batches: int


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A batch and where it stands; `people` is None for those whom only Braze knows."""

    batch: Batch
    people: int | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person of a batch as they were addressed; `may_open` tells whether the reader may see the contact's page."""

    recipient: Recipient
    standing: Standing
    may_open: bool


def state_counts(delivery: Delivery) -> tuple[StateCount, ...]:
    """Counts the batches by state, in the order of a batch's life; states without a batch are left out."""
    found = dict(delivery.batches.order_by().values_list("state").annotate(batches=Count("pk")))
    return tuple(StateCount(state.value, str(state.label), found[state]) for state in BatchState if state in found)


def batches_of(delivery: Delivery, state: str = "") -> QuerySet[Batch]:
    """Gives the batches of a delivery by number, all of them or those in one state."""
    batches = delivery.batches.order_by("number").select_related("halved_from")
    return batches.filter(state=state) if state else batches


def page_with(delivery: Delivery, number: int) -> int | None:
    """Gives the page of all batches on which one of that number stands, or None where there is no such batch."""
    if not delivery.batches.filter(number=number).exists():
        return None
    return delivery.batches.filter(number__lt=number).count() // BATCHES_PER_PAGE + 1


def lines_of(batches: Iterable[Batch], delivery: Delivery) -> list[BatchLine]:
    """Says of each batch where it stands."""
    move = last_move(delivery)
    return [BatchLine(batch, _people(batch), standing_of(batch, delivery, move)) for batch in batches]


def last_move(delivery: Delivery) -> Move | None:
    """Gives the last move to another time since a delivery began, as the audit trail has it.

    Only what is staged in Braze is moved there: what waits in the portal simply gets the new time.
    """
    if delivery.route != Route.SCHEDULE:
        return None
    moves = Event.objects.filter(
        target_kind="mailing",
        target_id=str(delivery.mailing_id),
        action="mailing.rescheduled",
        at__gte=delivery.created_at,
    )
    last = moves.order_by("-at", "-pk").first()
    if last is None:
        return None
    to = datetime.fromisoformat(last.detail["at"])
    if delivery.in_local_time:
        to, _last = span_of_wall_clock(to, delivery.mailing.group.time_zone)
    return Move(last.at, to)


def other_deliveries(delivery: Delivery) -> QuerySet[Delivery]:
    """Gives the earlier and later deliveries of the same mailing, oldest first."""
    return delivery.mailing.deliveries.exclude(pk=delivery.pk).order_by("created_at")


def halves_of(batch: Batch) -> QuerySet[Batch]:
    """Gives the batches in which the people of a halved one stand."""
    return Batch.objects.filter(delivery=batch.delivery_id, halved_from=batch).order_by("number")


def people_of(batch: Batch, reader: User) -> list[PersonLine]:
    """Gives the people of a batch by address; at most 50."""
    recipients = list(batch.recipients.select_related("contact").order_by("address"))
    open_to_reader = _open_to(reader, {recipient.contact_id for recipient in recipients})
    return [
        PersonLine(
            recipient,
            standing_of_person(recipient.outcome, batch, batch.delivery),
            recipient.contact_id in open_to_reader,
        )
        for recipient in recipients
    ]


def _open_to(reader: User, contact_ids: set[UUID]) -> set[UUID]:
    """Gives those of some contacts who are on a list of a group in which the reader may see contacts."""
    groups = groups_with(reader, Permission.SEE_CONTACTS)
    is_open = open_members(reader, Permission.SEE_CONTACTS)
    members = AudienceMember.objects.filter(is_open, contact__in=contact_ids, audience__group__in=groups)
    return set(members.values_list("contact_id", flat=True))


def _people(batch: Batch) -> int | None:
    return None if batch.kind == BatchKind.BROADCAST else batch.size
