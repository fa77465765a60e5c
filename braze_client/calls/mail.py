"""Calls that make mail, and those that move or withdraw what was scheduled."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import orjson

from braze_client import limits, parsing
from braze_client.audience import Audience
from braze_client.calls.call import Body, Call
from braze_client.limits import demand
from braze_client.messages import Email, Schedule, SubscriptionFilter, TriggerRecipient, check_trigger_properties
from braze_client.pacing import BROADCASTS, SHARED, Pool
from braze_client.replies import Accepted, Done


def schedule_create(
    *,
    external_user_ids: Sequence[str],
    schedule: Schedule,
    email: Email,
    now: datetime,
    campaign_id: str | None = None,
    send_id: str | None = None,
    recipient_subscription_state: SubscriptionFilter = "subscribed",
    override_messaging_limits: bool = False,
) -> Call[Accepted]:
    """Schedule one email to at most 50 named people (contract, section 7.1; B-SCH-1, B-SCH-5).

    The people must exist in Braze already (B-SCH-3). People who unsubscribed cannot be addressed by this package.
    """
    limits.counted(external_user_ids, limits.RECIPIENTS_PER_CALL, "B-SCH-5", "recipients")
    recipients = [limits.external_id(value) for value in external_user_ids]
    demand("B-TRG-8", len(set(recipients)) == len(recipients), "a recipient stands twice")
    body: dict[str, object] = {"broadcast": False, "external_user_ids": recipients}
    body |= _message(schedule, email, now, campaign_id, send_id)
    body |= _delivery_rules(recipient_subscription_state, override_messaging_limits)
    return _schedule_create_call(body, pool=SHARED, audience_key=None)


def schedule_create_broadcast(
    *,
    schedule: Schedule,
    email: Email,
    now: datetime,
    campaign_id: str,
    segment_id: str | None = None,
    audience: Audience | None = None,
    send_id: str | None = None,
    recipient_subscription_state: SubscriptionFilter = "subscribed",
    override_messaging_limits: bool = False,
) -> Call[Accepted]:
    """Schedule one email to a segment, an audience, or the people in both (contract, section 18, row 27).

    Draws on the broadcast windows, which Braze does not list for this endpoint (B-SCH-4).
    """
    body: dict[str, object] = {"broadcast": True}
    demand("7.1", segment_id is not None or audience is not None, "a broadcast needs a segment or an audience")
    if segment_id is not None:
        body["segment_id"] = limits.identifier(segment_id, "the segment ID")
    if audience is not None:
        body["audience"] = audience.as_json()
    body |= _message(schedule, email, now, campaign_id, send_id)
    body |= _delivery_rules(recipient_subscription_state, override_messaging_limits)
    return _schedule_create_call(body, pool=BROADCASTS, audience_key=_audience_key(body))


def schedule_update(schedule_id: str, schedule: Schedule, *, now: datetime) -> Call[Done]:
    """Move a schedule to another time; the whole schedule is replaced (B-SCH-6), the audience stays.

    Near the send time Braze does its best only (B-SCH-7); a 4xx means not changed, state unknown.
    """
    schedule.check_lead(now)
    return Call(
        method="POST",
        path="/messages/schedule/update",
        permission="messages.schedule.update",
        pool=SHARED,
        parse=parsing.done,
        body={"schedule_id": limits.identifier(schedule_id, "the schedule ID"), "schedule": schedule.as_json()},
        may_be_empty=True,
    )


def schedule_delete(schedule_id: str) -> Call[Done]:
    """Withdraw a schedule that has not gone out (contract, section 7.3).

    A 4xx after an unclear first attempt comes as :class:`Uncertain` with ``later`` set: probably withdrawn.
    """
    return Call(
        method="POST",
        path="/messages/schedule/delete",
        permission="messages.schedule.delete",
        pool=SHARED,
        parse=parsing.done,
        body={"schedule_id": limits.identifier(schedule_id, "the schedule ID")},
        may_be_empty=True,
    )


def trigger_send(
    *,
    campaign_id: str,
    recipients: Sequence[TriggerRecipient],
    trigger_properties: Body | None = None,
    send_id: str | None = None,
) -> Call[Accepted]:
    """Send a triggered campaign, whose content lives in Braze, to at most 50 people (contract, section 9.1).

    ``trigger_properties`` hold for all of them; a recipient's own win (B-TRG-2).
    """
    limits.counted(recipients, limits.RECIPIENTS_PER_CALL, "9.1", "recipients")
    demand("B-TRG-8", len({item.identity for item in recipients}) == len(recipients), "a recipient stands twice")
    body: dict[str, object] = {"broadcast": False, "recipients": [item.as_json() for item in recipients]}
    body |= _trigger(campaign_id, trigger_properties, send_id)
    return _trigger_call(body, pool=SHARED, audience_key=None)


def trigger_send_broadcast(
    *,
    campaign_id: str,
    audience: Audience,
    trigger_properties: Body | None = None,
    send_id: str | None = None,
) -> Call[Accepted]:
    """Send a triggered campaign to those of its own audience in Braze who match ``audience`` (B-TRG-7)."""
    body: dict[str, object] = {"broadcast": True, "audience": audience.as_json()}
    body |= _trigger(campaign_id, trigger_properties, send_id)
    return _trigger_call(body, pool=BROADCASTS, audience_key=_audience_key(body))


def _message(
    schedule: Schedule, email: Email, now: datetime, campaign_id: str | None, send_id: str | None
) -> dict[str, object]:
    """Return what both kinds of schedule/create share: schedule, message, campaign."""
    schedule.check_lead(now)
    part: dict[str, object] = {"schedule": schedule.as_json(), "messages": {"email": email.as_json()}}
    if campaign_id is not None:
        part["campaign_id"] = limits.identifier(campaign_id, "the campaign ID")
        demand("13.1", email.message_variation_id is not None, "a campaign's email needs a message variation ID")
    if send_id is not None:
        demand("B-SND-1", campaign_id is not None, "a send ID needs its campaign")
        part["send_id"] = limits.send_id(send_id)
    return part


def _delivery_rules(state: SubscriptionFilter, override_messaging_limits: bool) -> dict[str, object]:
    """Return who may be reached; ``all``, which mails people who unsubscribed, cannot be said."""
    demand("7.1", state in ("opted_in", "subscribed"), "recipients are opted_in or subscribed")
    return {"recipient_subscription_state": state, "override_messaging_limits": override_messaging_limits}


def _schedule_create_call(body: Body, *, pool: Pool, audience_key: str | None) -> Call[Accepted]:
    return Call(
        method="POST",
        path="/messages/schedule/create",
        permission="messages.schedule.create",
        pool=pool,
        parse=parsing.accepted,
        body=body,
        makes_mail=True,
        repeatable=False,
        audience_key=audience_key,
        headers_pool=SHARED,
    )


def _trigger(campaign_id: str, trigger_properties: Body | None, send_id: str | None) -> dict[str, object]:
    part: dict[str, object] = {"campaign_id": limits.identifier(campaign_id, "the campaign ID")}
    if trigger_properties:
        check_trigger_properties(trigger_properties)
        part["trigger_properties"] = dict(trigger_properties)
    if send_id is not None:
        part["send_id"] = limits.send_id(send_id)
    return part


def _trigger_call(body: Body, *, pool: Pool, audience_key: str | None) -> Call[Accepted]:
    return Call(
        method="POST",
        path="/campaigns/trigger/send",
        permission="campaigns.trigger.send",
        pool=pool,
        parse=parsing.accepted,
        body=body,
        makes_mail=True,
        repeatable=False,
        audience_key=audience_key,
    )


def _audience_key(body: Body) -> str:
    """Return a name of the unique audience: same campaign, same segment, same audience object (section 15)."""
    parts = [body.get("campaign_id"), body.get("segment_id"), body.get("audience")]
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
