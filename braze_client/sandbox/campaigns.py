"""/campaigns: list, details and numbers of the campaigns that the sandbox knows (contract section 11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from braze_client.sandbox.endpoint import Call, Endpoint
from braze_client.sandbox.engagement import EMAIL_METRICS, Series
from braze_client.sandbox.envelope import Refusal
from braze_client.sandbox.reading import days_back, optional_text, series_end
from braze_client.sandbox.segments import PAGE_SIZE, page_of
from braze_client.sandbox.state import State
from braze_client.sandbox.windows import CAMPAIGN_SERIES

CREATED_AT = "2026-01-05T09:00:00Z"


def list_campaigns(state: State, call: Call) -> dict[str, object]:
    """Returns up to 100 campaigns: those given at the start and those learned."""
    known = [(campaign_id, True) for campaign_id in state.learned_campaigns]
    known += [(campaign_id, False) for campaign_id in sorted(state.learned_triggers)]
    if optional_text(call.query, "sort_direction") == "desc":
        known.reverse()
    start = page_of(call.query) * PAGE_SIZE
    return {
        "campaigns": [
            {
                "id": campaign_id,
                "last_edited": CREATED_AT,
                "name": _name(is_api_campaign),
                "is_api_campaign": is_api_campaign,
                "tags": [],
            }
            for campaign_id, is_api_campaign in known[start : start + PAGE_SIZE]
        ]
    }


def details(state: State, call: Call) -> dict[str, object]:
    """Returns one campaign; `messages` is keyed by message variation id."""
    campaign_id = _known_id(state, call)
    is_api_campaign = campaign_id in state.learned_campaigns
    variations = sorted(state.learned_campaigns.get(campaign_id, ()))
    return {
        "created_at": CREATED_AT,
        "updated_at": CREATED_AT,
        "archived": False,
        "draft": False,
        "enabled": True,
        "has_post_launch_draft": False,
        "name": _name(is_api_campaign),
        "description": "",
        "schedule_type": "api_triggered",
        "channels": ["email"],
        "tags": [],
        "teams": [],
        "messages": {
            variation_id: {"channel": "email", "name": f"Email {number}"}
            for number, variation_id in enumerate(variations, start=1)
        },
        "conversion_behaviors": [],
    }


def data_series(state: State, call: Call) -> dict[str, object]:
    """Returns the days that have numbers, over all sends of the campaign."""
    campaign_id = _known_id(state, call)
    length, last = days_back(call.query), series_end(call.query, call.now)
    days = state.engagement.days(campaign_id, send_id=None, last=last, length=length, now=call.now)
    return {"data": [day_entry(day, found) for day, found in days]}


def day_entry(day: str, found: Iterable[tuple[Series, Counter[str]]]) -> dict[str, object]:
    """Returns one day of a series, an entry for each variation, every metric named (B-SND-6)."""
    per_variation: dict[str, Counter[str]] = {}
    for series, counts in found:
        per_variation.setdefault(series.variation_id or "", Counter()).update(counts)
    entries = [
        {
            "variation_name": f"Variation {variation_id}",
            "variation_api_id": variation_id,
            **{metric: counts[metric] for metric in EMAIL_METRICS},
        }
        for variation_id, counts in sorted(per_variation.items())
    ]
    return {
        "time": day,
        "messages": {"email": entries},
        "unique_recipients": sum(counts["sent"] for counts in per_variation.values()),
        "conversions": 0,
        "conversions_by_send_time": 0,
        "revenue": 0.0,
    }


def _known_id(state: State, call: Call) -> str:
    campaign_id = optional_text(call.query, "campaign_id") or ""
    if campaign_id not in state.learned_campaigns and campaign_id not in state.learned_triggers:
        raise Refusal("campaign_id must be a string of the campaign api identifier")
    return campaign_id


def _name(is_api_campaign: bool) -> str:
    return "Sandbox API campaign" if is_api_campaign else "Sandbox API-triggered campaign"


ENDPOINTS = (
    Endpoint("GET", "/campaigns/list", "campaigns.list", list_campaigns),
    Endpoint("GET", "/campaigns/details", "campaigns.details", details),
    Endpoint("GET", "/campaigns/data_series", "campaigns.data_series", data_series, pool=lambda state: CAMPAIGN_SERIES),
)
