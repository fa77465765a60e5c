"""Readers of campaigns."""

from __future__ import annotations

from collections.abc import Mapping

from braze_client.parsing.values import text, without
from braze_client.replies import Answer, CampaignDetails


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
        variations={key: text(value.get("channel")) for key, value in variations if isinstance(value, Mapping)},
        unknown=without(body, "message", "name", "archived", "draft", "enabled", "messages"),
    )
