"""Mail made here and sent by Braze at a time: stage it, move it, withdraw it (contract, sections 7.1 to 7.4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from braze_client import limits, parsing
from braze_client.audience import Audience
from braze_client.calls import parts
from braze_client.calls.call import Call, reading_call
from braze_client.limits import demand
from braze_client.messages import Email, Schedule, SubscriptionFilter, UserAlias, utc_text
from braze_client.pacing import SHARED
from braze_client.replies import Accepted, Done, ScheduledBroadcasts


def schedule_create(
    *,
    external_user_ids: Sequence[str] = (),
    user_aliases: Sequence[UserAlias] = (),
    schedule: Schedule,
    email: Email,
    now: datetime,
    campaign_id: str | None = None,
    send_id: str | None = None,
    recipient_subscription_state: SubscriptionFilter = "subscribed",
    override_messaging_limits: bool = False,
) -> Call[Accepted]:
    """Schedule one email to 1 to 50 named people (contract, section 7.1; B-SCH-1, B-SCH-5).

    The people must exist in Braze already (B-SCH-3); people who unsubscribed cannot be addressed by this package. The
    answer's schedule ID is the only handle for a later move or withdrawal (B-SCH-2). ``now`` is the aware time of the
    call. Raises :class:`ContractViolation`.
    """
    body = parts.named_people(external_user_ids, user_aliases)
    body |= parts.at(schedule, now) | parts.message(email, campaign_id, send_id)
    body |= parts.reachable(recipient_subscription_state)
    body["override_messaging_limits"] = override_messaging_limits
    return parts.mail_call("/messages/schedule/create", "messages.schedule.create", body, headers_pool=SHARED)


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

    Draws on the broadcast windows, which Braze does not list for this endpoint (B-SCH-4). Raises
    :class:`ContractViolation` without segment and audience, and with attachments.
    """
    body = parts.everyone_in(segment_id, audience)
    body |= parts.at(schedule, now) | parts.message(parts.without_attachments(email), campaign_id, send_id)
    body |= parts.reachable(recipient_subscription_state)
    body["override_messaging_limits"] = override_messaging_limits
    return parts.mail_call("/messages/schedule/create", "messages.schedule.create", body, headers_pool=SHARED)


def schedule_update(
    schedule_id: str, schedule: Schedule | None = None, *, email: Email | None = None, now: datetime
) -> Call[Done]:
    """Give a schedule another time, another email, or both; each is replaced as a whole, the audience stays (B-SCH-6).

    Near the send time Braze does its best only (B-SCH-7): a 4xx means not changed, state unknown. Raises
    :class:`ContractViolation` with neither.
    """
    body: dict[str, object] = {"schedule_id": limits.identifier(schedule_id, "the schedule ID")}
    demand("B-SCH-6", schedule is not None or email is not None, "an update changes the time, the email, or both")
    if schedule is not None:
        body |= parts.at(schedule, now)
    if email is not None:
        body["messages"] = {"email": email.as_json()}
    return _changing_call("update", body)


def schedule_delete(schedule_id: str) -> Call[Done]:
    """Withdraw a schedule that has not gone out (contract, section 7.3).

    A 4xx after an unclear first attempt comes as :class:`Uncertain` with ``later`` set: probably withdrawn.
    """
    return _changing_call("delete", {"schedule_id": limits.identifier(schedule_id, "the schedule ID")})


def scheduled_broadcasts(end_time: datetime) -> Call[ScheduledBroadcasts]:
    """Read what the dashboard has scheduled up to midnight UTC of the day of an aware ``end_time``.

    Schedules of the API do not appear and no schedule ID is in it, so it reconciles nothing of ours (B-SCH-8).
    """
    demand("7.4", end_time.utcoffset() is not None, "the end time has no zone")
    path, permission = "/messages/scheduled_broadcasts", "messages.schedule_broadcasts"
    return reading_call(path, permission, {"end_time": utc_text(end_time)}, parsing.scheduled_broadcasts)


def _changing_call(verb: str, body: dict[str, object]) -> Call[Done]:
    return Call(
        method="POST",
        path=f"/messages/schedule/{verb}",
        permission=f"messages.schedule.{verb}",
        pool=SHARED,
        parse=parsing.done,
        body=body,
        may_be_empty=True,
    )
