"""From a claimed batch to the call that Braze gets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from braze_client import (
    ONE_CLICK_UNSUBSCRIBE_HEADERS,
    Accepted,
    AllOf,
    ArrayAttribute,
    Call,
    Done,
    Email,
    Schedule,
    TriggerRecipient,
    calls,
)
from campaigns.delivery.restaging import has_news, leave_out_suppressed
from campaigns.models import Batch, BatchKind, BatchState, Delivery, Recipient, Route
from groups.audiences.profiles import EXCLUDED_GROUPS, GROUPS


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed batch, and the people of it where the call names them; `state` is what it was claimed into."""

    batch: Batch
    external_ids: tuple[str, ...] = ()

    @property
    def state(self) -> BatchState:
        """What the batch was claimed for: `calling`, `updating` or `withdrawing`."""
        return BatchState(self.batch.state)


def jobs_for(batches: Iterable[Batch]) -> list[Job]:
    """Reads the people of claimed batches in one query."""
    taken = list(batches)
    with_news = {one.pk for one in {batch.delivery for batch in taken} if has_news(one)}
    claimed = [batch for batch in taken if batch.delivery_id not in with_news or _still_has_people(batch)]
    naming = [batch.pk for batch in claimed if batch.state == BatchState.CALLING and batch.kind == BatchKind.LIST]
    people: Mapping[int, list[str]] = defaultdict(list)
    rows = Recipient.objects.filter(batch__in=naming, outcome="").order_by("pk")
    for batch_id, external_id in rows.values_list("batch_id", "contact__external_id"):
        people[batch_id].append(external_id)
    return [Job(batch, tuple(people[batch.pk])) for batch in claimed]


def _still_has_people(batch: Batch) -> bool:
    """Takes out whoever has unsubscribed since the plan; a batch that nobody is left in is not called."""
    if batch.state != BatchState.CALLING or batch.kind != BatchKind.LIST:
        return True
    leave_out_suppressed(batch)
    if batch.size == 0:
        Batch.objects.filter(pk=batch.pk, state=BatchState.CALLING).update(state=BatchState.NOT_SENT, lease_until=None)
    return batch.size > 0


def call_for(job: Job, now: datetime) -> Call[Accepted] | Call[Done]:
    """Makes the call of a job; raises `ContractViolation` when the contract forbids it."""
    batch, delivery = job.batch, job.batch.delivery
    match job.state:
        case BatchState.WITHDRAWING:
            return calls.schedule_delete(batch.schedule_id)
        case BatchState.UPDATING:
            return calls.schedule_update(batch.schedule_id, Schedule(time=target_time(delivery)), now=now)
        case BatchState.CALLING if delivery.route == Route.TRIGGER:
            return calls.trigger_send(
                campaign_id=delivery.campaign_id,
                recipients=[TriggerRecipient(external_user_id=external_id) for external_id in job.external_ids],
                trigger_properties=delivery.properties,
                send_id=delivery.send_id or None,
            )
        case BatchState.CALLING if batch.kind == BatchKind.BROADCAST:
            return calls.schedule_create_broadcast(**_staging(delivery, now), **_segment(delivery))
        case BatchState.CALLING:
            return calls.schedule_create(external_user_ids=job.external_ids, **_staging(delivery, now))
    raise AssertionError(f"A batch that is {job.state} is not called.")


def target_time(delivery: Delivery) -> datetime:
    """Gives the time at which Braze should send: the one that schedules are being moved to, else the go time."""
    moment = delivery.moved_to or delivery.go_at
    if moment is None:
        raise AssertionError("A delivery is called before its time was planned.")
    return moment


def _staging(delivery: Delivery, now: datetime) -> dict[str, Any]:
    message = delivery.message
    return {
        "schedule": Schedule(time=target_time(delivery)),
        "email": Email(
            app_id=delivery.app_id,
            subject=message["subject"],
            from_=message["from"],
            reply_to=message["reply_to"] or None,
            body=message["html"],
            plaintext_body=message["text"],
            preheader=message["preheader"] or None,
            message_variation_id=delivery.variation_id,
            headers=ONE_CLICK_UNSUBSCRIBE_HEADERS,
        ),
        "now": now,
        "campaign_id": delivery.campaign_id,
        "send_id": delivery.send_id or None,
    }


def _segment(delivery: Delivery) -> dict[str, Any]:
    """Narrows a segment to the group, and leaves out whom the group must not mail (design.md, section 4)."""
    audience, code = delivery.mailing.audience, delivery.mailing.group.code
    if audience is None:
        raise AssertionError("A broadcast has an audience.")
    return {
        "segment_id": audience.segment_id,
        "audience": AllOf(
            ArrayAttribute(GROUPS).includes(code),
            ArrayAttribute(EXCLUDED_GROUPS).does_not_include(code),
        ),
    }
