"""Readers of campaigns."""

from __future__ import annotations

from collections.abc import Mapping

from braze_client.parsing.values import items, objects, text, text_or_none, without
from braze_client.replies import (
    Answer,
    Campaign,
    CampaignDetails,
    CampaignPage,
    Json,
    ScheduledBroadcast,
    ScheduledBroadcasts,
    Variation,
)

CAMPAIGNS_PER_PAGE = 100


def campaign_details(answer: Answer) -> CampaignDetails:
    """Read campaigns/details, whose ``messages`` is an object by message variation ID."""
    body = answer.body
    messages = body.get("messages")
    variations = messages.items() if isinstance(messages, Mapping) else ()
    return CampaignDetails(
        name=text(body.get("name")),
        is_archived=body.get("archived") is True,
        is_draft=body.get("draft") is True,
        is_enabled=body.get("enabled") is True,
        variations={key: variation(value) for key, value in variations if isinstance(value, Mapping)},
        unknown=without(body, "message", "name", "archived", "draft", "enabled", "messages"),
    )


def variation(entry: Json) -> Variation:
    """Read one message of a campaign."""
    return Variation(
        channel=text(entry.get("channel")),
        name=text(entry.get("name")),
        subject=text(entry.get("subject")),
        from_=text(entry.get("from")),
        reply_to=text(entry.get("reply_to")),
        preheader=text(entry.get("preheader")),
        unknown=without(entry, "channel", "name", "subject", "from", "reply_to", "preheader"),
    )


def campaign_page(answer: Answer) -> CampaignPage:
    """Read one page of campaigns/list."""
    entries = list(items(answer.body.get("campaigns")))
    campaigns = (
        Campaign(
            id=text(entry.get("id")),
            name=text(entry.get("name")),
            is_api_campaign=entry.get("is_api_campaign") is True,
            last_edited=text_or_none(entry.get("last_edited")),
            tags=tuple(text(tag) for tag in items(entry.get("tags"))),
        )
        for entry in objects(entries)
    )
    return CampaignPage(tuple(campaigns), is_last=len(entries) < CAMPAIGNS_PER_PAGE)


def scheduled_broadcasts(answer: Answer) -> ScheduledBroadcasts:
    """Read messages/scheduled_broadcasts, whose answer may lack ``message``."""
    broadcasts = (
        ScheduledBroadcast(
            id=text(entry.get("id")),
            name=text(entry.get("name")),
            type=text(entry.get("type")),
            next_send_time=text(entry.get("next_send_time")),
            schedule_type=text(entry.get("schedule_type")),
            tags=tuple(text(tag) for tag in items(entry.get("tags"))),
        )
        for entry in objects(answer.body.get("scheduled_broadcasts"))
    )
    return ScheduledBroadcasts(tuple(broadcasts))
