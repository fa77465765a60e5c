"""Braze's campaigns: what they hold, and what the dashboard has scheduled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from braze_client.replies.answer import Json

VARIATIONS_ADVISED = 8


@dataclass(frozen=True, slots=True)
class Variation:
    """One message of a campaign; the email's own members are empty for other channels."""

    channel: str
    name: str = ""
    subject: str = ""
    from_: str = ""
    reply_to: str = ""
    preheader: str = ""
    unknown: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CampaignDetails:
    """A campaign's name, states, and its messages by message variation ID (contract, section 11)."""

    name: str
    is_archived: bool
    is_draft: bool
    is_enabled: bool
    variations: Mapping[str, Variation]
    unknown: Json = field(default_factory=dict)

    @property
    def has_more_variations_than_advised(self) -> bool:
        """Return whether there are more than 8 email variations, which is a warning and no error (B-CMP-3)."""
        return sum(variation.channel == "email" for variation in self.variations.values()) > VARIATIONS_ADVISED


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as the list names it."""

    id: str
    name: str
    is_api_campaign: bool
    last_edited: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One page of at most 100 campaigns; a shorter one is the last."""

    items: tuple[Campaign, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class ScheduledBroadcast:
    """A campaign or Canvas that the dashboard has scheduled; it carries no schedule ID (B-SCH-8)."""

    id: str
    name: str
    type: str
    next_send_time: str
    schedule_type: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduledBroadcasts:
    """What the dashboard has scheduled; nothing of what the API scheduled (B-SCH-8)."""

    broadcasts: tuple[ScheduledBroadcast, ...]
