"""Campaigns whose content lives in Braze: trigger them at once, or at a time (contract, section 9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from braze_client import limits, parsing
from braze_client.audience import Audience
from braze_client.calls import parts
from braze_client.calls.call import Body, Call
from braze_client.messages import Attachment, Schedule, TriggerRecipient
from braze_client.pacing import SHARED
from braze_client.replies import Accepted, Done


def trigger_send(
    *,
    campaign_id: str,
    recipients: Sequence[TriggerRecipient],
    trigger_properties: Body | None = None,
    send_id: str | None = None,
    attachments: Sequence[Attachment] = (),
) -> Call[Accepted]:
    """Send a triggered campaign to 1 to 50 people (contract, section 9.1).

    ``trigger_properties``, at most 50 KB, hold for all of them; a recipient's own win (B-TRG-2). Accepted is not final
    for people addressed by email (B-TRG-6). Raises :class:`ContractViolation`.
    """
    body = parts.trigger_people(recipients) | parts.trigger(campaign_id, trigger_properties, send_id, attachments)
    return parts.mail_call("/campaigns/trigger/send", "campaigns.trigger.send", body)


def trigger_send_broadcast(
    *,
    campaign_id: str,
    audience: Audience,
    trigger_properties: Body | None = None,
    send_id: str | None = None,
) -> Call[Accepted]:
    """Send a triggered campaign to those of its own audience in Braze who match ``audience`` (B-TRG-7).

    A segment cannot be named here, and attachments do not go with a broadcast (contract, section 9.1).
    """
    body = parts.everyone_in(None, audience) | parts.trigger(campaign_id, trigger_properties, send_id)
    return parts.mail_call("/campaigns/trigger/send", "campaigns.trigger.send", body)


def trigger_schedule_create(
    *,
    campaign_id: str,
    recipients: Sequence[TriggerRecipient],
    schedule: Schedule,
    now: datetime,
    trigger_properties: Body | None = None,
    send_id: str | None = None,
    attachments: Sequence[Attachment] = (),
) -> Call[Accepted]:
    """Send a triggered campaign to 1 to 50 people at a time; as :func:`trigger_send` (contract, section 9.2)."""
    body = parts.trigger_people(recipients) | parts.at(schedule, now)
    body |= parts.trigger(campaign_id, trigger_properties, send_id, attachments)
    return parts.mail_call("/campaigns/trigger/schedule/create", "campaigns.trigger.schedule.create", body)


def trigger_schedule_create_broadcast(
    *,
    campaign_id: str,
    audience: Audience,
    schedule: Schedule,
    now: datetime,
    trigger_properties: Body | None = None,
    send_id: str | None = None,
) -> Call[Accepted]:
    """Send a triggered campaign to an audience at a time; as :func:`trigger_send_broadcast` (section 9.2)."""
    body = parts.everyone_in(None, audience) | parts.at(schedule, now)
    body |= parts.trigger(campaign_id, trigger_properties, send_id)
    return parts.mail_call("/campaigns/trigger/schedule/create", "campaigns.trigger.schedule.create", body)


def trigger_schedule_update(campaign_id: str, schedule_id: str, schedule: Schedule, *, now: datetime) -> Call[Done]:
    """Move the schedule of a triggered campaign; the whole schedule is replaced (B-SCH-6, B-SCH-7)."""
    return _changing_call("update", campaign_id, schedule_id, parts.at(schedule, now))


def trigger_schedule_delete(campaign_id: str, schedule_id: str) -> Call[Done]:
    """Withdraw the schedule of a triggered campaign; as :func:`schedule_delete`."""
    return _changing_call("delete", campaign_id, schedule_id, {})


def _changing_call(verb: str, campaign_id: str, schedule_id: str, rest: dict[str, object]) -> Call[Done]:
    names = {
        "campaign_id": limits.identifier(campaign_id, "the campaign ID"),
        "schedule_id": limits.identifier(schedule_id, "the schedule ID"),
    }
    return Call(
        method="POST",
        path=f"/campaigns/trigger/schedule/{verb}",
        permission=f"campaigns.trigger.schedule.{verb}",
        pool=SHARED,
        parse=parsing.done,
        body=names | rest,
        may_be_empty=True,
    )
