"""From a claimed batch to the call that Braze gets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from braze_client import (
    ONE_CLICK_UNSUBSCRIBE_HEADERS,
    Accepted,
    AllOf,
    ArrayAttribute,
    Attachment,
    Call,
    Done,
    Email,
    Schedule,
    TriggerRecipient,
    calls,
)
from braze_client.calls.parts import audience_key, everyone_in
from campaigns.delivery.plan.selection import connected_selection
from campaigns.delivery.route_b import named_by_id, recipients_of
from campaigns.delivery.timing import wall_clock_of
from campaigns.models import Batch, BatchKind, BatchState, Delivery, Route
from groups.audiences.profiles import EXCLUDED_GROUPS, GROUPS


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed batch, and the people of it where the call names them; `state` is what it was claimed into.

    `recipients` are the same people where a call of route B says more of them than their IDs.
    """

    batch: Batch
    external_ids: tuple[str, ...] = ()
    recipients: tuple[TriggerRecipient, ...] = ()

    @property
    def state(self) -> BatchState:
        """What the batch was claimed for: `calling`, `updating` or `withdrawing`."""
        return BatchState(self.batch.state)


def jobs_for(batches: Sequence[Batch]) -> list[Job]:
    """Reads the people of claimed batches in one query; a batch of which nobody is left is not called."""
    naming = [batch for batch in batches if batch.state == BatchState.CALLING and batch.kind == BatchKind.LIST]
    recipients = recipients_of(naming)
    people = _people_of([batch.pk for batch in naming])
    if empty := [batch.pk for batch in naming if batch.pk not in people]:
        Batch.objects.filter(pk__in=empty, state=BatchState.CALLING).update(state=BatchState.NOT_SENT, lease_until=None)
    return [
        Job(batch, people.get(batch.pk, ()), recipients.get(batch.pk, ())) for batch in batches if batch.pk not in empty
    ]


# One row a batch instead of one a person; the ids come back as a list, or as its JSON.
_PEOPLE: Final = {
    "postgresql": (
        "SELECT person.batch_id, array_agg(contact.external_id ORDER BY person.id) FROM campaigns_recipient person"
        " JOIN groups_contact contact ON contact.id = person.contact_id"
        " WHERE person.batch_id IN ({places}) AND person.outcome = '' GROUP BY person.batch_id"
    ),
    "sqlite": (
        "SELECT batch_id, json_group_array(external_id) FROM (SELECT person.batch_id, contact.external_id"
        " FROM campaigns_recipient person JOIN groups_contact contact ON contact.id = person.contact_id"
        " WHERE person.batch_id IN ({places}) AND person.outcome = '' ORDER BY person.id) GROUP BY batch_id"
    ),
}


def _people_of(batches: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Gives the external IDs of the people of batches, in order; by hand, because it is asked for every few calls."""
    if not batches:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE[connection.vendor].format(places=", ".join(["%s"] * len(batches))), list(batches))
        rows = cursor.fetchall()
    return {batch: tuple(json.loads(ids) if isinstance(ids, str) else ids) for batch, ids in rows}


class Post:
    """Makes the calls of jobs; what is the same in all calls of a delivery is made once."""

    def __init__(self) -> None:
        self._emails: dict[UUID, Email] = {}

    def call_for(self, job: Job, now: datetime) -> Call[Accepted] | Call[Done]:
        """Makes the call of a job; raises `ContractViolation` when the contract forbids it."""
        batch, delivery = job.batch, job.batch.delivery
        match job.state:
            case BatchState.WITHDRAWING:
                return calls.schedule_delete(batch.schedule_id)
            case BatchState.UPDATING:
                return calls.schedule_update(batch.schedule_id, schedule_of(delivery), now=now)
            case BatchState.CALLING if delivery.route == Route.TRIGGER and batch.kind == BatchKind.BROADCAST:
                return calls.trigger_send_broadcast(
                    campaign_id=delivery.campaign_id,
                    audience=_of_group(delivery),
                    trigger_properties=delivery.properties,
                    send_id=delivery.send_id or None,
                )
            case BatchState.CALLING if delivery.route == Route.TRIGGER:
                return calls.trigger_send(
                    campaign_id=delivery.campaign_id,
                    recipients=job.recipients or named_by_id(job.external_ids),
                    trigger_properties=delivery.properties,
                    send_id=delivery.send_id or None,
                    attachments=_attachments(delivery),
                )
            case BatchState.CALLING if batch.kind == BatchKind.BROADCAST:
                return calls.schedule_create_broadcast(
                    **self._staging(delivery, now), segment_id=_segment_id(delivery), audience=_of_group(delivery)
                )
            case BatchState.CALLING:
                return calls.schedule_create(external_user_ids=job.external_ids, **self._staging(delivery, now))
        raise AssertionError(f"A batch that is {job.state} is not called.")

    def _staging(self, delivery: Delivery, now: datetime) -> dict[str, Any]:
        if delivery.pk not in self._emails:
            self._emails[delivery.pk] = email_of(delivery)
        return {
            "schedule": schedule_of(delivery),
            "email": self._emails[delivery.pk],
            "now": now,
            "campaign_id": delivery.campaign_id,
            "send_id": delivery.send_id or None,
        }


def email_of(delivery: Delivery) -> Email:
    """Gives the mail of a delivery as it was frozen; raises `ContractViolation`."""
    message = delivery.message
    return Email(
        app_id=delivery.app_id,
        subject=message["subject"],
        from_=message["from"],
        reply_to=message["reply_to"] or None,
        body=message["html"],
        plaintext_body=message["text"],
        preheader=message["preheader"] or None,
        message_variation_id=delivery.variation_id,
        headers=ONE_CLICK_UNSUBSCRIBE_HEADERS,
        attachments=_attachments(delivery),
    )


def audience_key_of(delivery: Delivery) -> str:
    """Gives the name under which Braze counts the calls for the audience of a broadcast (contract, section 15)."""
    everyone = everyone_in(_segment_id(delivery), _of_group(delivery))
    return audience_key({**everyone, "campaign_id": delivery.campaign_id})


def schedule_of(delivery: Delivery) -> Schedule:
    """Gives when Braze should send: at the go time, or at its wall clock in each recipient's zone."""
    moment = target_time(delivery)
    if delivery.in_local_time:
        return Schedule(time=wall_clock_of(moment), in_local_time=True)
    return Schedule(time=moment)


def target_time(delivery: Delivery) -> datetime:
    """Gives the time at which Braze should send: the one that schedules are being moved to, else the go time."""
    moment = delivery.moved_to or delivery.go_at
    if moment is None:
        raise AssertionError("A delivery is called before its time was planned.")
    return moment


def _attachments(delivery: Delivery) -> tuple[Attachment, ...]:
    return tuple(Attachment(**attachment) for attachment in delivery.message.get("attachments", ()))


def _segment_id(delivery: Delivery) -> str | None:
    """Gives the segment of a broadcast; one to everybody of the group has none."""
    audience = delivery.mailing.audience
    if audience is None:
        raise AssertionError("A broadcast has an audience.")
    return audience.segment_id or None


def _of_group(delivery: Delivery) -> AllOf:
    """Narrows a broadcast to the group, and leaves out whom the group must not mail (design.md, section 4).

    A filter stands beside both, so that it can only make the audience smaller.
    """
    code = delivery.mailing.group.code
    of_group = (ArrayAttribute(GROUPS).includes(code), ArrayAttribute(EXCLUDED_GROUPS).does_not_include(code))
    return AllOf(*of_group, *connected_selection(delivery))
