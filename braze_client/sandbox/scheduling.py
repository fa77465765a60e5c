"""/messages: schedules made, moved and withdrawn, and immediate sends (contract sections 7.1 to 7.4 and 10)."""

from __future__ import annotations

from braze_client.sandbox.dispatcher import enqueue
from braze_client.sandbox.endpoint import Call, Endpoint
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.reading import BAD_REQUEST, instant, optional_text
from braze_client.sandbox.state import Schedule, State
from braze_client.sandbox.targets import (
    When,
    check_campaign,
    check_send_id,
    read_email,
    read_schedule,
    read_target,
    take_broadcast,
)

UNKNOWN_SCHEDULE = "schedule_id does not exist or has already been sent"


def create(state: State, call: Call) -> dict[str, object]:
    """Stores a schedule; checked in the order schedule, messages, recipients, campaign, send id (section 19)."""
    schedule = _accepted(state, call, route="schedule", when=read_schedule(call.body, call.now))
    reply: dict[str, object] = {"dispatch_id": schedule.dispatch_id, "schedule_id": schedule.schedule_id}
    return reply | _tracked(schedule)


def send(state: State, call: Call) -> dict[str, object]:
    """Sends at once; broadcasts draw from the pools of B-TRG-7."""
    if call.body.get("broadcast") is True:
        take_broadcast(state, call, optional_text(call.body, "campaign_id"))
    schedule = _accepted(state, call, route="send", when=When(call.now))
    return {"dispatch_id": schedule.dispatch_id} | _tracked(schedule)


def update(state: State, call: Call) -> dict[str, object]:
    """Replaces the time or the email of a waiting schedule, never its audience (B-SCH-6)."""
    schedule = waiting_schedule(state, call)
    has_time, has_email = call.body.get("schedule") is not None, call.body.get("messages") is not None
    if not has_time and not has_email:
        raise Refusal(BAD_REQUEST)
    when = read_schedule(call.body, call.now) if has_time else None
    content = read_email(call.body) if has_email else None
    if content is not None:
        check_campaign(state, schedule.campaign_id, content.variation_id)
        schedule.content = state.same_content(content)
    if when is not None:
        move(state, schedule, when)
    return {}


def delete(state: State, call: Call) -> dict[str, object]:
    """Withdraws a waiting schedule; a second time is 400 (contract 7.3)."""
    waiting_schedule(state, call).state = "deleted"
    return {}


def scheduled_broadcasts(state: State, call: Call) -> dict[str, object]:
    """Returns nothing: what the API scheduled is not listed (B-SCH-8, disagreement 13)."""
    end_time = optional_text(call.query, "end_time")
    if not end_time:
        raise Refusal(BAD_REQUEST)
    instant(end_time)
    return {"scheduled_broadcasts": []}


def waiting_schedule(state: State, call: Call) -> Schedule:
    """Returns the schedule that the call names; unknown, sent or deleted is 400 (disagreement 9)."""
    schedule = state.schedules.get(optional_text(call.body, "schedule_id") or "")
    if schedule is None or schedule.state != "waiting":
        raise Refusal(UNKNOWN_SCHEDULE)
    return schedule


def move(state: State, schedule: Schedule, when: When) -> None:
    """Gives a waiting schedule another time, wholly replacing the old one (B-SCH-6)."""
    schedule.due, schedule.local_time = when.due, when.local_time
    enqueue(state, schedule)


def store(state: State, schedule: Schedule) -> Schedule:
    """Keeps a schedule and queues it; only one with an id can be named later."""
    if schedule.schedule_id is not None:
        state.schedules[schedule.schedule_id] = schedule
    enqueue(state, schedule)
    return schedule


def _accepted(state: State, call: Call, *, route: str, when: When) -> Schedule:
    content = read_email(call.body)
    target = read_target(state, call.body, call.now)
    campaign_id = optional_text(call.body, "campaign_id")
    check_campaign(state, campaign_id, content.variation_id)
    send_id = optional_text(call.body, "send_id")
    check_send_id(state, campaign_id, send_id)
    if target.is_broadcast and campaign_id is not None and send_id is None:
        send_id = state.ids.hex(12)  # B-SND-4
        state.send_ids[(send_id, campaign_id)] = call.now
    return store(
        state,
        Schedule(
            route=route,
            schedule_id=state.ids.uuid() if route == "schedule" else None,
            dispatch_id=state.ids.hex(16),
            campaign_id=campaign_id,
            send_id=send_id,
            content=state.same_content(content),
            due=when.due,
            local_time=when.local_time,
            subscription_states=target.subscription_states,
            addressees=target.addressees,
            matchers=target.matchers,
            is_broadcast=target.is_broadcast,
            recipient_count=len(target.addressees),
        ),
    )


def _tracked(schedule: Schedule) -> dict[str, object]:
    """Returns the send id of a tracked broadcast (B-ENV-4)."""
    return {"send_id": schedule.send_id} if schedule.is_broadcast and schedule.send_id else {}


ENDPOINTS = (
    Endpoint("POST", "/messages/schedule/create", "messages.schedule.create", create),
    Endpoint("POST", "/messages/schedule/update", "messages.schedule.update", update),
    Endpoint("POST", "/messages/schedule/delete", "messages.schedule.delete", delete),
    Endpoint("GET", "/messages/scheduled_broadcasts", "messages.schedule_broadcasts", scheduled_broadcasts),
    Endpoint("POST", "/messages/send", "messages.send", send),
)
