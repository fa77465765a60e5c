"""One function an endpoint: each checks its limits and returns the call as a frozen value, which both clients send."""

from __future__ import annotations

from braze_client.calls.addresses import (
    email_hard_bounces,
    email_status,
    email_unsubscribes,
    every_hard_bounce,
    every_unsubscribe,
    subscription_status_get,
    subscription_status_set,
)
from braze_client.calls.call import Call
from braze_client.calls.campaigns import campaign_details, campaigns_list, every_campaign
from braze_client.calls.people import EXPORT_FIELDS, users_delete, users_export_ids, users_track
from braze_client.calls.probes import PROBES, probe
from braze_client.calls.reports import campaign_data_series, send_data_series, send_id_create
from braze_client.calls.schedules import (
    schedule_create,
    schedule_create_broadcast,
    schedule_delete,
    schedule_update,
    scheduled_broadcasts,
)
from braze_client.calls.segments import every_segment, segment_data_series, segment_details, segments_list
from braze_client.calls.sending import messages_send, messages_send_broadcast
from braze_client.calls.triggers import (
    trigger_schedule_create,
    trigger_schedule_create_broadcast,
    trigger_schedule_delete,
    trigger_schedule_update,
    trigger_send,
    trigger_send_broadcast,
)

__all__ = [
    "EXPORT_FIELDS",
    "PROBES",
    "Call",
    "campaign_data_series",
    "campaign_details",
    "campaigns_list",
    "email_hard_bounces",
    "email_status",
    "email_unsubscribes",
    "every_campaign",
    "every_hard_bounce",
    "every_segment",
    "every_unsubscribe",
    "messages_send",
    "messages_send_broadcast",
    "probe",
    "schedule_create",
    "schedule_create_broadcast",
    "schedule_delete",
    "schedule_update",
    "scheduled_broadcasts",
    "segment_data_series",
    "segment_details",
    "segments_list",
    "send_data_series",
    "send_id_create",
    "subscription_status_get",
    "subscription_status_set",
    "trigger_schedule_create",
    "trigger_schedule_create_broadcast",
    "trigger_schedule_delete",
    "trigger_schedule_update",
    "trigger_send",
    "trigger_send_broadcast",
    "users_delete",
    "users_export_ids",
    "users_track",
]
