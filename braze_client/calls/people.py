"""Calls about people: store their attributes, look their profiles up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from braze_client import limits, parsing
from braze_client.calls.call import EXPORT_SECONDS, Call
from braze_client.limits import demand
from braze_client.messages import UserAttributes
from braze_client.pacing import EXPORT, TRACK
from braze_client.replies import ExportReply, TrackReply

EXPORT_FIELDS: Final = frozenset(
    {
        "apps",
        "attributed_campaign",
        "attributed_source",
        "attributed_adgroup",
        "attributed_ad",
        "braze_id",
        "country",
        "created_at",
        "custom_attributes",
        "custom_events",
        "devices",
        "dob",
        "email",
        "email_subscribe",
        "external_id",
        "first_name",
        "gender",
        "home_city",
        "language",
        "last_coordinates",
        "last_name",
        "phone",
        "purchases",
        "push_subscribe",
        "push_tokens",
        "random_bucket",
        "time_zone",
        "total_revenue",
        "uninstalled_at",
        "user_aliases",
    }
)


def users_track(attributes: Sequence[UserAttributes]) -> Call[TrackReply]:
    """Store attributes of at most 75 people (B-TRK-1); the caller leaves out what did not change (B-TRK-12)."""
    limits.counted(attributes, limits.OBJECTS_PER_TRACK_CALL, "B-TRK-1", "attributes")
    return Call(
        method="POST",
        path="/users/track",
        permission="users.track",
        pool=TRACK,
        parse=parsing.track_reply(len(attributes)),
        body={"attributes": [item.as_json() for item in attributes]},
        repeatable=all(item.sets_only for item in attributes),
    )


def users_export_ids(
    *, fields: Sequence[str], external_ids: Sequence[str] = (), email_address: str | None = None
) -> Call[ExportReply]:
    """Look up profiles by at most 50 external IDs (B-EXP-1) or one address; ``fields`` are always sent (B-EXP-2)."""
    limits.counted(fields, len(EXPORT_FIELDS), "B-EXP-2", "fields")
    demand("B-EXP-2", EXPORT_FIELDS.issuperset(fields), "a field that users/export/ids does not know")
    demand("B-EXP-1", bool(external_ids) != (email_address is not None), "give external IDs or one email address")
    body: dict[str, object] = {"fields_to_export": list(fields)}
    if email_address is not None:
        demand("B-EXP-1", email_address.strip() != "", "the email address is empty")
        body["email_address"] = email_address
    else:
        limits.counted(external_ids, limits.IDS_PER_EXPORT_CALL, "B-EXP-1", "external IDs")
        body["external_ids"] = [limits.external_id(value) for value in external_ids]
    return Call(
        method="POST",
        path="/users/export/ids",
        permission="users.export.ids",
        pool=EXPORT,
        parse=parsing.export_reply,
        body=body,
        reads_only=True,
        timeout_seconds=EXPORT_SECONDS,
    )
