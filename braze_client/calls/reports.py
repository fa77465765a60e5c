"""Calls for send IDs, their numbers, segments and campaigns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from braze_client import limits, parsing
from braze_client.calls.call import Call, reading_call
from braze_client.limits import demand
from braze_client.messages import utc_text
from braze_client.pacing import SEND_IDS
from braze_client.replies import CampaignDetails, DataSeries, SegmentDetails, SegmentPage, SegmentSeries, SendId

SERIES_DAYS = 100


def send_id_create(campaign_id: str, send_id: str | None = None) -> Call[SendId]:
    """Make a send ID usable with a campaign, 100 a day for the whole workspace (B-SND-1, B-SND-2).

    A 4xx after an unclear first attempt comes as :class:`Uncertain` with ``later`` set: it may exist (B-SND-3).
    Without ``send_id`` Braze makes one up, and a repetition would spend another: then the call is not repeatable.
    """
    body: dict[str, object] = {"campaign_id": limits.identifier(campaign_id, "the campaign ID")}
    if send_id is not None:
        body["send_id"] = limits.send_id(send_id)
    return Call(
        method="POST",
        path="/sends/id/create",
        permission="sends.id.create",
        pool=SEND_IDS,
        parse=parsing.send_id(send_id),
        body=body,
        repeatable=send_id is not None,
    )


def send_data_series(
    campaign_id: str, send_id: str, *, length: int, ending_at: datetime | None = None
) -> Call[DataSeries]:
    """Read the numbers of a send for ``length`` days (1 to 100) up to ``ending_at``; kept 14 days (B-SND-5)."""
    identifiers = {
        "campaign_id": limits.identifier(campaign_id, "the campaign ID"),
        "send_id": limits.send_id(send_id),
    }
    query = _series_query(identifiers, length, ending_at)
    return reading_call("/sends/data_series", "sends.data_series", query, parsing.data_series)


def segments_list(page: int = 0) -> Call[SegmentPage]:
    """Read a page, from 0, of at most 100 segments, oldest first; go on until ``is_last`` (B-SEG-1)."""
    demand("B-SEG-1", page >= 0, "pages count from 0")
    return reading_call("/segments/list", "segments.list", {"page": str(page)}, parsing.segment_page)


def segment_details(segment_id: str) -> Call[SegmentDetails]:
    """Read a segment's name and description; not its size (contract, section 8)."""
    query = {"segment_id": limits.identifier(segment_id, "the segment ID")}
    return reading_call("/segments/details", "segments.details", query, parsing.segment_details)


def segment_data_series(segment_id: str, *, length: int, ending_at: datetime | None = None) -> Call[SegmentSeries]:
    """Read a segment's estimated size by day for ``length`` days, 1 to 100 (B-SEG-2)."""
    identifiers = {"segment_id": limits.identifier(segment_id, "the segment ID")}
    query = _series_query(identifiers, length, ending_at)
    return reading_call("/segments/data_series", "segments.data_series", query, parsing.segment_series)


def campaign_details(campaign_id: str) -> Call[CampaignDetails]:
    """Read a campaign and its message variation IDs; the partner key lacks this permission (contract, section 11)."""
    query = {"campaign_id": limits.identifier(campaign_id, "the campaign ID")}
    return reading_call("/campaigns/details", "campaigns.details", query, parsing.campaign_details)


def _series_query(identifiers: Mapping[str, str], length: int, ending_at: datetime | None) -> Mapping[str, str]:
    demand("B-SND-5", 1 <= length <= SERIES_DAYS, "a series takes 1 to 100 days")
    query = {**identifiers, "length": str(length)}
    if ending_at is not None:
        demand("B-SND-5", ending_at.utcoffset() is not None, "the end of the series has no zone")
        query["ending_at"] = utc_text(ending_at)
    return query
