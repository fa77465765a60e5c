"""Calls about people: store their attributes, look their profiles up, delete them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from braze_client import limits, parsing
from braze_client.calls.call import EXPORT_SECONDS, Call
from braze_client.limits import demand
from braze_client.messages import Event, Purchase, UserAlias, UserAttributes
from braze_client.pacing import EXPORT, TRACK, USER_CHANGES
from braze_client.replies import DeleteReply, ExportReply, TrackReply

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


def users_track(
    attributes: Sequence[UserAttributes] = (),
    *,
    events: Sequence[Event] = (),
    purchases: Sequence[Purchase] = (),
    max_objects: int = limits.OBJECTS_PER_TRACK_CALL,
) -> Call[TrackReply]:
    """Store attributes, events and purchases: 1 to 75 objects in all (B-TRK-1, B-TRK-4).

    The caller leaves out what did not change (B-TRK-12). ``max_objects`` lowers the cap where the contract of the
    workspace asks for it (B-TRK-2). Braze applies attributes, then events, then purchases, and shows them after a while
    (B-TRK-17, B-TRK-18). The call may be repeated blindly only when it does nothing but set values (B-RETRY-3). Sending
    it raises :class:`PartlyRefused` where Braze refused some of the objects. Raises :class:`ContractViolation`.
    """
    demand("B-TRK-2", 1 <= max_objects <= limits.OBJECTS_PER_TRACK_CALL, "the cap of a call is 1 to 75")
    arrays: dict[str, Sequence[UserAttributes | Event | Purchase]] = {
        "attributes": attributes,
        "events": events,
        "purchases": purchases,
    }
    limits.counted([*attributes, *events, *purchases], max_objects, "B-TRK-1", "objects")
    sent = {name: len(objects) for name, objects in arrays.items() if objects}
    return Call(
        method="POST",
        path="/users/track",
        permission="users.track",
        pool=TRACK,
        parse=parsing.track_reply(sent),
        body={name: [item.as_json() for item in arrays[name]] for name in sent},
        repeatable=not events and not purchases and all(item.sets_only for item in attributes),
    )


def users_export_ids(
    *,
    fields: Sequence[str],
    external_ids: Sequence[str] = (),
    user_aliases: Sequence[UserAlias] = (),
    braze_id: str | None = None,
    email_address: str | None = None,
    phone: str | None = None,
    device_id: str | None = None,
) -> Call[ExportReply]:
    """Look profiles up: by external IDs and aliases, at most 50 together, by Braze ID, or by one contact detail.

    Of ``email_address``, ``phone`` and ``device_id`` a call takes one (B-EXP-1). ``fields`` are names of
    ``EXPORT_FIELDS`` and always sent (B-EXP-2). Raises :class:`ContractViolation`.
    """
    limits.counted(fields, len(EXPORT_FIELDS), "B-EXP-2", "fields")
    demand("B-EXP-2", EXPORT_FIELDS.issuperset(fields), "a field that users/export/ids does not know")
    demand("B-EXP-1", not isinstance(external_ids, (str, bytes)), "external IDs: one string was given for a list")
    body: dict[str, object] = {"fields_to_export": list(fields)}
    people = len(external_ids) + len(user_aliases)
    demand("B-EXP-1", people <= limits.IDS_PER_EXPORT_CALL, f"{people} people, 50 are the most a call takes")
    if external_ids:
        body["external_ids"] = [limits.external_id(value) for value in external_ids]
    if user_aliases:
        body["user_aliases"] = [alias.as_json() for alias in user_aliases]
    if braze_id is not None:
        body["braze_id"] = limits.identifier(braze_id, "the Braze ID")
    details = {"email_address": email_address, "phone": phone, "device_id": device_id}
    given = {name: value for name, value in details.items() if value is not None}
    demand("B-EXP-1", len(given) <= 1, "a call takes one of email address, phone and device ID")
    demand("B-EXP-1", all(value.strip() for value in given.values()), "a contact detail is empty")
    demand("B-EXP-1", len(body | given) > 1, "a look-up names nobody")
    return Call(
        method="POST",
        path="/users/export/ids",
        permission="users.export.ids",
        pool=EXPORT,
        parse=parsing.export_reply,
        body=body | given,
        reads_only=True,
        timeout_seconds=EXPORT_SECONDS,
    )


def users_delete(external_ids: Sequence[str]) -> Call[DeleteReply]:
    """Delete the profiles of 1 to 50 people for good; somebody whom Braze does not know is passed over.

    The contract names the permission and the window alone (sections 4 and 15); the fields are those of Braze's public
    pages. A second time changes nothing more. Raises :class:`ContractViolation`.
    """
    demand("15", not isinstance(external_ids, (str, bytes)), "external IDs: one string was given for a list")
    limits.counted(external_ids, limits.IDS_PER_DELETE_CALL, "15", "people")
    return Call(
        method="POST",
        path="/users/delete",
        permission="users.delete",
        pool=USER_CHANGES,
        parse=parsing.delete_reply,
        body={"external_ids": [limits.external_id(value) for value in external_ids]},
    )
