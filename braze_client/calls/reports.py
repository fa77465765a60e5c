"""Calls for send IDs and the numbers of sends and campaigns (contract, sections 7.5, 7.6 and 11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from braze_client import limits, parsing
from braze_client.calls.call import Call, reading_call
from braze_client.limits import demand
from braze_client.messages import utc_text
from braze_client.pacing import CAMPAIGN_SERIES, SEND_IDS
from braze_client.replies import DataSeries, SendId

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
    query = series_query(identifiers, length, ending_at)
    return reading_call("/sends/data_series", "sends.data_series", query, parsing.data_series)


def campaign_data_series(campaign_id: str, *, length: int, ending_at: datetime | None = None) -> Call[DataSeries]:
    """Read the numbers of a campaign for ``length`` days (1 to 100) by message variation ID (contract, section 11)."""
    query = series_query({"campaign_id": limits.identifier(campaign_id, "the campaign ID")}, length, ending_at)
    path, permission = "/campaigns/data_series", "campaigns.data_series"
    return reading_call(path, permission, query, parsing.data_series, pool=CAMPAIGN_SERIES)


def series_query(identifiers: Mapping[str, str], length: int, ending_at: datetime | None) -> Mapping[str, str]:
    """Return the query of a series: 1 to 100 days up to an aware ``ending_at``, by default now."""
    demand("B-SND-5", 1 <= length <= SERIES_DAYS, "a series takes 1 to 100 days")
    query = {**identifiers, "length": str(length)}
    if ending_at is not None:
        demand("B-SND-5", ending_at.utcoffset() is not None, "the end of the series has no zone")
        query["ending_at"] = utc_text(ending_at)
    return query
