"""One function an endpoint: each checks its limits and returns the call as a frozen value, which both clients send."""

from __future__ import annotations

from braze_client.calls.call import Call
from braze_client.calls.mail import (
    schedule_create,
    schedule_create_broadcast,
    schedule_delete,
    schedule_update,
    trigger_send,
    trigger_send_broadcast,
)
from braze_client.calls.people import EXPORT_FIELDS, users_export_ids, users_track
from braze_client.calls.probes import PROBES, probe
from braze_client.calls.reports import (
    campaign_details,
    segment_data_series,
    segment_details,
    segments_list,
    send_data_series,
    send_id_create,
)

__all__ = [
    "EXPORT_FIELDS",
    "PROBES",
    "Call",
    "campaign_details",
    "probe",
    "schedule_create",
    "schedule_create_broadcast",
    "schedule_delete",
    "schedule_update",
    "segment_data_series",
    "segment_details",
    "segments_list",
    "send_data_series",
    "send_id_create",
    "trigger_send",
    "trigger_send_broadcast",
    "users_export_ids",
    "users_track",
]
