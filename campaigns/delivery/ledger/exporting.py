"""Everybody of a mailing as a table, and the note in the audit trail that they were taken (catalogue P4).

A person has a row in each delivery that they were meant for: with their batch and what became of it, or with the reason
why they were left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Max, QuerySet, Sum
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.delivery.ledger.privacy import is_kept_from
from campaigns.delivery.ledger.words import standing_of, standing_of_person, why_left_out
from campaigns.errors import Refusal
from campaigns.models import GONE, Batch, BatchKind, Delivery, Exclusion, Mailing, Recipient
from groups import access
from groups.audit import record
from groups.keeping.addresses import is_stand_in
from groups.models import Contact, User
from groups.roles import Permission

CHUNK: Final = 1000
# An export holds nothing that its reader may not see on the pages.
NEEDED: Final = (Permission.EXPORT_RECIPIENTS, Permission.SEE_MAILINGS, Permission.SEE_CONTACTS)

R = TypeVar("R", Recipient, Exclusion)


@dataclass(frozen=True, slots=True)
class _Part:
    """A delivery with how many rows it had when the export was noted, and the last of each kind."""

    delivery: Delivery
    recipients: int
    left_out: int
    last_recipient: int
    last_left_out: int


def lines_for(mailing: Mailing, reader: User) -> int:
    """Counts the rows that an export would have, 0 for those who may not take it.

    From the batches alone: there may be a million people.
    """
    if not all(access.may(reader, permission, mailing.group) for permission in NEEDED):
        return 0
    if is_kept_from(reader, mailing):
        return 0
    batches = Batch.objects.filter(delivery__mailing=mailing, kind=BatchKind.LIST)
    addressed: int = batches.aggregate(people=Sum("size", default=0))["people"]
    excluded = Delivery.objects.filter(mailing=mailing).values_list("excluded", flat=True)
    left_out: int = sum(number for reasons in excluded for reason, number in reasons.items() if reason != GONE)
    return addressed + left_out


def export(*, mailing: Mailing, actor: User) -> Iterator[Iterable[object]]:
    """Notes who takes the people of which mailing and how many, then gives a head and a row for each.

    The rows are those that were there when it was noted; who unsubscribes while they are read may be missing. A call
    for a whole audience of Braze has one row without a name. Raises `Refusal` where there is nobody to name.
    """
    with transaction.atomic():
        parts = [_part(delivery) for delivery in mailing.deliveries.order_by("created_at", "pk")]
        recipients = sum(part.recipients for part in parts)
        left_out = sum(part.left_out for part in parts)
        if not recipients and not left_out:
            raise Refusal(_why_nobody(mailing))
        record(
            "mailing.recipients_exported",
            actor=actor,
            target=mailing,
            group=mailing.group,
            recipients=recipients,
            left_out=left_out,
        )
    return _rows(parts, ZoneInfo(mailing.group.time_zone), translation.get_language() or "en")


def _part(delivery: Delivery) -> _Part:
    recipients = delivery.recipients.aggregate(number=Count("pk"), last=Max("pk"))
    left_out = delivery.exclusions.aggregate(number=Count("pk"), last=Max("pk"))
    return _Part(delivery, recipients["number"], left_out["number"], recipients["last"] or 0, left_out["last"] or 0)


def _why_nobody(mailing: Mailing) -> str:
    if Batch.objects.filter(delivery__mailing=mailing, kind=BatchKind.BROADCAST).exists():
        return _("Braze alone knows who got this mailing, so there is nothing to export here. Look there.")
    return _("Nobody was counted for this mailing yet. Export its recipients once it is being handed over.")


def _rows(parts: Iterable[_Part], zone: ZoneInfo, language: str) -> Iterator[Iterable[object]]:
    """The response asks for rows when the request's language is over already."""
    with translation.override(language):
        head = _head()
    yield head
    for part in parts:
        delivery = part.delivery
        for batch in delivery.batches.filter(kind=BatchKind.BROADCAST).order_by("number"):
            with translation.override(language):
                row = _broadcast(batch, delivery, zone)
            yield row
        recipients = delivery.recipients.filter(pk__lte=part.last_recipient).prefetch_related("contact", "batch")
        for chunk in _in_turn(recipients):
            with translation.override(language):
                rows = [_addressed(recipient, delivery, zone) for recipient in chunk]
            yield from rows
        exclusions = delivery.exclusions.filter(pk__lte=part.last_left_out).prefetch_related("contact", "winner")
        for left_out in _in_turn(exclusions):
            with translation.override(language):
                rows = [_left_out(exclusion, delivery, zone) for exclusion in left_out]
            yield from rows


def _in_turn(rows: QuerySet[R]) -> Iterator[list[R]]:
    """Yields the rows of a delivery, so many at a time that memory is bounded, by its index of contacts.

    Whoever moves to another batch meanwhile is there once all the same. Contacts are read by their ids: for a join
    PostgreSQL may go through all contacts up to each piece.
    """
    rows = rows.order_by("contact_id")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield chunk
        chunk = list(rows.filter(contact_id__gt=chunk[-1].contact_id)[:CHUNK])


def _head() -> tuple[str, ...]:
    return (
        _("Handed over since"),
        _("External ID"),
        _("Email address"),
        _("Batch"),
        _("Dispatch ID"),
        _("State"),
        _("What this means"),
        _("Answered"),
        _("Planned for"),
    )


def _addressed(recipient: Recipient, delivery: Delivery, zone: ZoneInfo) -> tuple[object, ...]:
    batch = recipient.batch
    standing = standing_of_person(recipient.outcome, batch, delivery)
    external_id, address = _named(recipient.contact, recipient.address)
    return (
        _written(delivery.created_at, zone),
        external_id,
        address,
        batch.number,
        batch.dispatch_id,
        standing.label,
        standing.meaning,
        _written(batch.answered_at, zone),
        _written(batch.planned_for or batch.due_at, zone),
    )


def _left_out(exclusion: Exclusion, delivery: Delivery, zone: ZoneInfo) -> tuple[object, ...]:
    external_id, address = _named(exclusion.contact, exclusion.contact.email)
    began = _written(delivery.created_at, zone)
    return (began, external_id, address, "", "", _("Left out"), why_left_out(exclusion), "", "")


def _named(contact: Contact, address: str) -> tuple[str, str]:
    """Gives the ID and the address of a person, empty where it is not kept; of one who was erased there is neither."""
    if contact.erased_at is not None:
        return _("Erased person"), ""
    return contact.external_id, "" if is_stand_in(address) else address


def _broadcast(batch: Batch, delivery: Delivery, zone: ZoneInfo) -> tuple[object, ...]:
    return (
        _written(delivery.created_at, zone),
        "",
        "",
        batch.number,
        batch.dispatch_id,
        standing_of(batch, delivery).label,
        _("One call for a whole audience: Braze alone knows who they are."),
        _written(batch.answered_at, zone),
        _written(batch.planned_for or batch.due_at, zone),
    )


def _written(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
