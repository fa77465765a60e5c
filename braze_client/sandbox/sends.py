"""/sends: send ids and their numbers (contract 7.5, 7.6)."""

from __future__ import annotations

from collections import Counter

from braze_client.sandbox.campaigns import day_entry
from braze_client.sandbox.endpoint import RATE_LIMITED, Call, Endpoint
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.reading import days_back, is_well_formed_id, optional_text, required_id, series_end
from braze_client.sandbox.state import State
from braze_client.sandbox.targets import INVALID_CAMPAIGN
from braze_client.sandbox.windows import DAY_SECONDS

MAX_LENGTH = 64


def create_id(state: State, call: Call) -> dict[str, object]:
    """Creates a send id; 100 new pairs a UTC day, an existing pair costs nothing (B-SND-1 to B-SND-3)."""
    campaign_id = required_id(call.body, "campaign_id")
    if state.options.campaign_ids | state.options.trigger_campaign_ids and campaign_id not in (
        state.options.campaign_ids | state.options.trigger_campaign_ids
    ):
        raise Refusal(INVALID_CAMPAIGN)
    send_id = optional_text(call.body, "send_id")
    if send_id is None:
        send_id = state.ids.hex(12)
    if not is_well_formed_id(send_id) or not send_id.isascii() or len(send_id) > MAX_LENGTH:
        raise Refusal("send_id must be at most 64 ASCII characters")
    pair = (send_id, campaign_id)
    if pair in state.send_ids:
        if state.options.is_repeated_send_id_refused:
            raise Refusal("send_id already exists")
        return {"send_id": send_id}
    created_per_day = Counter(int(created // DAY_SECONDS) for created in state.created_send_ids.values())
    if created_per_day[int(call.now // DAY_SECONDS)] >= state.options.send_ids_per_day:
        raise Refusal(RATE_LIMITED, status=429)
    state.send_ids[pair] = state.created_send_ids[pair] = call.now
    return {"send_id": send_id}


def data_series(state: State, call: Call) -> dict[str, object]:
    """Returns the days that have numbers, for 14 days after the send (B-SND-5, B-SND-6)."""
    campaign_id = required_id(call.query, "campaign_id")
    send_id = required_id(call.query, "send_id")
    length, last = days_back(call.query), series_end(call.query, call.now)
    days = state.engagement.days(campaign_id, send_id=send_id, last=last, length=length, now=call.now)
    return {"data": [day_entry(day, found) for day, found in days]}


ENDPOINTS = (
    Endpoint("POST", "/sends/id/create", "sends.id.create", create_id),
    Endpoint("GET", "/sends/data_series", "sends.data_series", data_series),
)
