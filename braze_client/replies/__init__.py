"""What we read back from Braze: frozen values that keep what they do not know."""

from __future__ import annotations

from braze_client.replies.addresses import AddressPage, ListedAddress, SubscriptionState, SubscriptionStates
from braze_client.replies.answer import Answer, Json
from braze_client.replies.campaigns import (
    Campaign,
    CampaignDetails,
    CampaignPage,
    ScheduledBroadcast,
    ScheduledBroadcasts,
    Variation,
)
from braze_client.replies.mail import Accepted, Done
from braze_client.replies.people import DeleteReply, ExportReply, RefusedObject, TrackReply
from braze_client.replies.probes import ProbeOutcome, ProbeReply
from braze_client.replies.reports import DataSeries, Day, SendId, VariationDay
from braze_client.replies.segments import Segment, SegmentDetails, SegmentPage, SegmentSeries, SegmentSize

__all__ = [
    "Accepted",
    "AddressPage",
    "Answer",
    "Campaign",
    "CampaignDetails",
    "CampaignPage",
    "DataSeries",
    "Day",
    "DeleteReply",
    "Done",
    "ExportReply",
    "Json",
    "ListedAddress",
    "ProbeOutcome",
    "ProbeReply",
    "RefusedObject",
    "ScheduledBroadcast",
    "ScheduledBroadcasts",
    "Segment",
    "SegmentDetails",
    "SegmentPage",
    "SegmentSeries",
    "SegmentSize",
    "SendId",
    "SubscriptionState",
    "SubscriptionStates",
    "TrackReply",
    "Variation",
    "VariationDay",
]
