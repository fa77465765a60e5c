"""Tolerant readers: from an answer of Braze to a value of :mod:`braze_client.replies`."""

from __future__ import annotations

from braze_client.parsing.addresses import address_page, moment_or_none, subscription_states
from braze_client.parsing.campaigns import campaign_details, campaign_page, scheduled_broadcasts
from braze_client.parsing.mail import accepted, done
from braze_client.parsing.people import delete_reply, export_reply, sorted_errors, track_reply
from braze_client.parsing.probes import probe_reply
from braze_client.parsing.reports import data_series, send_id
from braze_client.parsing.segments import segment_details, segment_page, segment_series
from braze_client.parsing.values import UnreadableAnswer, sentence, sentences

__all__ = [
    "UnreadableAnswer",
    "accepted",
    "address_page",
    "campaign_details",
    "campaign_page",
    "data_series",
    "delete_reply",
    "done",
    "export_reply",
    "moment_or_none",
    "probe_reply",
    "scheduled_broadcasts",
    "segment_details",
    "segment_page",
    "segment_series",
    "send_id",
    "sentence",
    "sentences",
    "sorted_errors",
    "subscription_states",
    "track_reply",
]
