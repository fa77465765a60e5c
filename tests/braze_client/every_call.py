"""One valid call of every function of `braze_client.calls`, for checks that no endpoint may escape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from braze_client import (
    ArrayAttribute,
    Call,
    Event,
    Purchase,
    Schedule,
    TriggerRecipient,
    UserAlias,
    UserAttributes,
    calls,
)
from tests.braze_client.builders import CAMPAIGN_ID, SCHEDULE_ID, SEGMENT_ID, an_email

GROUP_ID = "c0ffee00-0000-4000-8000-000000000005"
SEND_ID = "news-2026-11"
AUDIENCE = ArrayAttribute("smartersends_groups").includes("US-001")
RECIPIENTS = [TriggerRecipient(external_user_id="user-1", trigger_properties={"headline": "Hi"})]
DAY = date(2026, 11, 20)

MakeCall = Callable[[datetime], Call[object]]


def soon(now: datetime) -> Schedule:
    """Returns a time that Braze takes."""
    return Schedule(now + timedelta(hours=1))


def visit(now: datetime) -> Event:
    """Returns an event of now."""
    return Event("user-1", "visited", now, properties={"store": "US-001"})


def bean(now: datetime) -> Purchase:
    """Returns a purchase of now."""
    return Purchase("user-1", "bean", "EUR", Decimal("9.50"), now)


EVERY_CALL: Final[Mapping[str, MakeCall]] = {
    "users_track": lambda now: calls.users_track(
        [UserAttributes("user-1", {"first_name": "Ana", "email": "a@x.example"})]
    ),
    "users_track (events)": lambda now: calls.users_track(events=[visit(now)], purchases=[bean(now)]),
    "users_export_ids": lambda now: calls.users_export_ids(
        external_ids=["user-1"], user_aliases=[UserAlias("ana", "shop")], fields=["email", "external_id"]
    ),
    "users_delete": lambda now: calls.users_delete(["user-1"]),
    "schedule_create": lambda now: calls.schedule_create(
        external_user_ids=["user-1"],
        user_aliases=[UserAlias("ana", "shop")],
        schedule=soon(now),
        email=an_email(),
        campaign_id=CAMPAIGN_ID,
        send_id=SEND_ID,
        now=now,
    ),
    "schedule_create_broadcast": lambda now: calls.schedule_create_broadcast(
        schedule=soon(now), email=an_email(), campaign_id=CAMPAIGN_ID, segment_id=SEGMENT_ID, audience=AUDIENCE, now=now
    ),
    "schedule_update": lambda now: calls.schedule_update(SCHEDULE_ID, soon(now), email=an_email(), now=now),
    "schedule_delete": lambda now: calls.schedule_delete(SCHEDULE_ID),
    "scheduled_broadcasts": lambda now: calls.scheduled_broadcasts(now),
    "messages_send": lambda now: calls.messages_send(
        external_user_ids=["user-1"], email=an_email(), campaign_id=CAMPAIGN_ID, send_id=SEND_ID
    ),
    "messages_send_broadcast": lambda now: calls.messages_send_broadcast(
        email=an_email(), campaign_id=CAMPAIGN_ID, audience=AUDIENCE
    ),
    "trigger_send": lambda now: calls.trigger_send(
        campaign_id=CAMPAIGN_ID, recipients=RECIPIENTS, trigger_properties={"a": 1}, send_id=SEND_ID
    ),
    "trigger_send_broadcast": lambda now: calls.trigger_send_broadcast(campaign_id=CAMPAIGN_ID, audience=AUDIENCE),
    "trigger_schedule_create": lambda now: calls.trigger_schedule_create(
        campaign_id=CAMPAIGN_ID, recipients=RECIPIENTS, schedule=soon(now), now=now
    ),
    "trigger_schedule_create_broadcast": lambda now: calls.trigger_schedule_create_broadcast(
        campaign_id=CAMPAIGN_ID, audience=AUDIENCE, schedule=soon(now), now=now
    ),
    "trigger_schedule_update": lambda now: calls.trigger_schedule_update(CAMPAIGN_ID, SCHEDULE_ID, soon(now), now=now),
    "trigger_schedule_delete": lambda now: calls.trigger_schedule_delete(CAMPAIGN_ID, SCHEDULE_ID),
    "send_id_create": lambda now: calls.send_id_create(CAMPAIGN_ID, SEND_ID),
    "send_data_series": lambda now: calls.send_data_series(CAMPAIGN_ID, SEND_ID, length=14, ending_at=now),
    "segments_list": lambda now: calls.segments_list(0, "desc"),
    "segment_details": lambda now: calls.segment_details(SEGMENT_ID),
    "segment_data_series": lambda now: calls.segment_data_series(SEGMENT_ID, length=7, ending_at=now),
    "campaigns_list": lambda now: calls.campaigns_list(
        0, include_archived=True, sort_direction="desc", edited_after=datetime(2026, 1, 1, tzinfo=UTC)
    ),
    "campaign_details": lambda now: calls.campaign_details(CAMPAIGN_ID, post_launch_draft_version=True),
    "campaign_data_series": lambda now: calls.campaign_data_series(CAMPAIGN_ID, length=7, ending_at=now),
    "subscription_status_set": lambda now: calls.subscription_status_set(
        GROUP_ID, "unsubscribed", emails=["a@x.example"]
    ),
    "subscription_status_get": lambda now: calls.subscription_status_get(GROUP_ID, external_ids=["user-1", "user-2"]),
    "email_status": lambda now: calls.email_status(["a@x.example"], "unsubscribed"),
    "email_unsubscribes": lambda now: calls.email_unsubscribes(DAY + timedelta(days=1), start_date=DAY),
    "email_hard_bounces": lambda now: calls.email_hard_bounces(DAY + timedelta(days=1), email="a@x.example"),
}
"""Name of the function (with a word where one has two kinds of call) -> a call that its endpoint takes."""
