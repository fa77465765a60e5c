"""Calls for campaigns: list and details (contract, section 11); the partner key lacks these permissions."""

from __future__ import annotations

from datetime import UTC, datetime

from braze_client import limits, parsing
from braze_client.calls.call import Call, reading_call
from braze_client.calls.segments import SortDirection
from braze_client.limits import demand
from braze_client.paging import Paged
from braze_client.replies import Campaign, CampaignDetails, CampaignPage


def campaigns_list(
    page: int = 0,
    *,
    include_archived: bool = False,
    sort_direction: SortDirection = "asc",
    edited_after: datetime | None = None,
) -> Call[CampaignPage]:
    """Read a page, from 0, of at most 100 campaigns, oldest first; ``edited_after`` is aware."""
    demand("11", page >= 0, "pages count from 0")
    query = {"page": str(page)}
    if include_archived:
        query["include_archived"] = "true"
    if sort_direction == "desc":
        query["sort_direction"] = sort_direction
    if edited_after is not None:
        demand("11", edited_after.utcoffset() is not None, "the time of the last edit has no zone")
        query["last_edit.time[gt]"] = edited_after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return reading_call("/campaigns/list", "campaigns.list", query, parsing.campaign_page)


def every_campaign(*, include_archived: bool = False, edited_after: datetime | None = None) -> Paged[Campaign]:
    """Read all campaigns page by page, for the clients' ``items``."""
    return Paged(lambda page: campaigns_list(page, include_archived=include_archived, edited_after=edited_after))


def campaign_details(campaign_id: str, *, post_launch_draft_version: bool = False) -> Call[CampaignDetails]:
    """Read a campaign and its messages by message variation ID; the draft after its launch if asked for."""
    query = {"campaign_id": limits.identifier(campaign_id, "the campaign ID")}
    if post_launch_draft_version:
        query["post_launch_draft_version"] = "true"
    return reading_call("/campaigns/details", "campaigns.details", query, parsing.campaign_details)
