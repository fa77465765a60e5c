"""Tolerant readers: from an answer of Braze to a value of :mod:`braze_client.replies`."""

from __future__ import annotations

from braze_client.parsing.campaigns import campaign_details
from braze_client.parsing.mail import accepted, done
from braze_client.parsing.people import export_reply, track_reply
from braze_client.parsing.probes import probe_reply
from braze_client.parsing.reports import data_series, send_id
from braze_client.parsing.segments import segment_details, segment_page, segment_series
from braze_client.parsing.values import UnreadableAnswer, sentences

__all__ = [
    "UnreadableAnswer",
    "accepted",
    "campaign_details",
    "data_series",
    "done",
    "export_reply",
    "probe_reply",
    "segment_details",
    "segment_page",
    "segment_series",
    "send_id",
    "sentences",
    "track_reply",
]
