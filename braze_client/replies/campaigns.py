"""Braze's campaigns and what they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from braze_client.replies.answer import Json


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """A campaign's name, states, and the channel of each of its message variations by variation ID (section 11)."""

    name: str
    is_archived: bool
    is_draft: bool
    is_enabled: bool
    variations: Mapping[str, str]
    unknown: Json = field(default_factory=dict)
