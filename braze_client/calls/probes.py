"""Calls that ask what the key may do and have no effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from braze_client import parsing
from braze_client.calls.call import Call
from braze_client.errors import ContractViolation
from braze_client.pacing import SHARED
from braze_client.replies import ProbeReply

PROBES: Final[Mapping[str, tuple[Literal["GET", "POST"], str]]] = {
    "users.track": ("POST", "/users/track"),
    "users.export.ids": ("POST", "/users/export/ids"),
    "messages.schedule.create": ("POST", "/messages/schedule/create"),
    "messages.schedule.update": ("POST", "/messages/schedule/update"),
    "messages.schedule.delete": ("POST", "/messages/schedule/delete"),
    "sends.id.create": ("POST", "/sends/id/create"),
    "segments.list": ("GET", "/segments/list"),
    "segments.data_series": ("GET", "/segments/data_series"),
    "segments.details": ("GET", "/segments/details"),
    "sends.data_series": ("GET", "/sends/data_series"),
    "campaigns.trigger.send": ("POST", "/campaigns/trigger/send"),
    "email.unsubscribe": ("GET", "/email/unsubscribes"),
    "email.hard_bounces": ("GET", "/email/hard_bounces"),
    "subscription.status.get": ("GET", "/subscription/status/get"),
    "campaigns.details": ("GET", "/campaigns/details"),
    "users.delete": ("POST", "/users/delete"),
    "messages.send": ("POST", "/messages/send"),
    "messages.schedule_broadcasts": ("GET", "/messages/scheduled_broadcasts"),
    "campaigns.trigger.schedule.create": ("POST", "/campaigns/trigger/schedule/create"),
    "campaigns.trigger.schedule.update": ("POST", "/campaigns/trigger/schedule/update"),
    "campaigns.trigger.schedule.delete": ("POST", "/campaigns/trigger/schedule/delete"),
    "campaigns.list": ("GET", "/campaigns/list"),
    "campaigns.data_series": ("GET", "/campaigns/data_series"),
    "subscription.status.set": ("POST", "/subscription/status/set"),
    "email.status": ("POST", "/email/status"),
}


def probe(permission: str) -> Call[ProbeReply]:
    """Ask without any effect whether the key has ``permission``.

    Posts an empty object or reads without the required query: a permitted key gets 400 (200 for the lists), a
    forbidden one 403, an unknown one 401. The body names nobody, no message and no campaign, so nothing can happen.
    Raises :class:`ContractViolation` for a permission without a probe; ``PROBES`` names those that have one.
    """
    if permission not in PROBES:
        raise ContractViolation("4", f"no probe is known for the permission {permission}")
    method, path = PROBES[permission]
    return Call(
        method=method,
        path=path,
        permission=permission,
        pool=SHARED,
        parse=parsing.probe_reply(permission),
        body={} if method == "POST" else None,
        reads_only=True,
        read_statuses=frozenset({400, 401, 403}),
    )
