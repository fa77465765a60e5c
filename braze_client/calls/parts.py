"""Parts that the bodies of calls that make mail share, and the checks on them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import orjson

from braze_client import limits, parsing
from braze_client.audience import Audience
from braze_client.calls.call import Body, Call
from braze_client.limits import demand
from braze_client.messages import Attachment, Email, Schedule, SubscriptionFilter, TriggerRecipient, UserAlias
from braze_client.messages.attributes import check_trigger_properties
from braze_client.pacing import BROADCASTS, SHARED, Pool
from braze_client.replies import Accepted


def named_people(external_user_ids: Sequence[str], user_aliases: Sequence[UserAlias]) -> dict[str, object]:
    """Return the people of a call, at most 50 of both kinds together, never none, nobody twice (B-SCH-5, B-TRG-8)."""
    demand("B-SCH-5", not isinstance(external_user_ids, (str, bytes)), "recipients: one string was given for a list")
    people = [*(limits.external_id(value) for value in external_user_ids), *user_aliases]
    limits.counted(people, limits.RECIPIENTS_PER_CALL, "B-SCH-5", "recipients")
    demand("B-TRG-8", len(set(people)) == len(people), "a recipient stands twice")
    part: dict[str, object] = {"broadcast": False}
    if external_user_ids:
        part["external_user_ids"] = list(external_user_ids)
    if user_aliases:
        part["user_aliases"] = [alias.as_json() for alias in user_aliases]
    return part


def everyone_in(segment_id: str | None, audience: Audience | None) -> dict[str, object]:
    """Return the people of a broadcast: those in the segment, in the audience, or in both (18, row 27)."""
    demand("7.1", segment_id is not None or audience is not None, "a broadcast needs a segment or an audience")
    part: dict[str, object] = {"broadcast": True}
    if segment_id is not None:
        part["segment_id"] = limits.identifier(segment_id, "the segment ID")
    if audience is not None:
        part["audience"] = audience.as_json()
    return part


def message(email: Email, campaign_id: str | None, send_id: str | None) -> dict[str, object]:
    """Return the message and what its numbers are counted under (B-CMP-1)."""
    part: dict[str, object] = {"messages": {"email": email.as_json()}}
    if campaign_id is not None:
        part["campaign_id"] = limits.identifier(campaign_id, "the campaign ID")
        demand("13.1", email.message_variation_id is not None, "a campaign's email needs a message variation ID")
    if send_id is not None:
        demand("B-SND-1", campaign_id is not None, "a send ID needs its campaign")
        part["send_id"] = limits.send_id(send_id)
    return part


def without_attachments(email: Email) -> Email:
    """Return the email of a broadcast, which carries no attachments (contract, section 13.1)."""
    demand("13.1", not email.attachments, "a broadcast takes no attachments")
    return email


def reachable(state: SubscriptionFilter) -> dict[str, object]:
    """Return who may be reached; ``all``, which mails people who unsubscribed, cannot be said."""
    demand("7.1", state in ("opted_in", "subscribed"), "recipients are opted_in or subscribed")
    return {"recipient_subscription_state": state}


def at(schedule: Schedule, now: datetime) -> dict[str, object]:
    """Return the schedule of a call that is made at ``now`` (B-SCH-1)."""
    schedule.check_lead(now)
    return {"schedule": schedule.as_json()}


def trigger(
    campaign_id: str, trigger_properties: Body | None, send_id: str | None, attachments: Sequence[Attachment] = ()
) -> dict[str, object]:
    """Return what every call of a triggered campaign says (contract, section 9.1)."""
    part: dict[str, object] = {"campaign_id": limits.identifier(campaign_id, "the campaign ID")}
    if trigger_properties:
        check_trigger_properties(trigger_properties)
        part["trigger_properties"] = dict(trigger_properties)
    if send_id is not None:
        part["send_id"] = limits.send_id(send_id)
    if attachments:
        part["attachments"] = [attachment.as_json() for attachment in attachments]
    return part


def trigger_people(recipients: Sequence[TriggerRecipient]) -> dict[str, object]:
    """Return the recipients of a triggered campaign, 1 to 50, nobody twice (B-TRG-8)."""
    limits.counted(recipients, limits.RECIPIENTS_PER_CALL, "9.1", "recipients")
    demand("B-TRG-8", len({item.identity for item in recipients}) == len(recipients), "a recipient stands twice")
    return {"broadcast": False, "recipients": [item.as_json() for item in recipients]}


def mail_call(path: str, permission: str, body: Body, headers_pool: Pool | None = None) -> Call[Accepted]:
    """Return a call that makes mail; a broadcast draws on the windows of broadcasts (B-TRG-7, B-SCH-4)."""
    is_broadcast = body["broadcast"] is True
    return Call(
        method="POST",
        path=path,
        permission=permission,
        pool=BROADCASTS if is_broadcast else SHARED,
        parse=parsing.accepted,
        body=body,
        makes_mail=True,
        repeatable=False,
        audience_key=audience_key(body) if is_broadcast else None,
        headers_pool=headers_pool,
    )


def audience_key(body: Body) -> str:
    """Return a name of the unique audience: same campaign, same segment, same audience object (section 15)."""
    parts = [body.get("campaign_id"), body.get("segment_id"), body.get("audience")]
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
