"""A probe asks what the key may do, and nothing happens."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from braze_client import AsyncBrazeClient, calls
from braze_client.calls import PROBES
from tests.braze_client.sandbox.builders import KEY, Desk, a_person, a_schedule


def remembered(desk: Desk) -> list[Any]:
    """Returns all that a call could change."""
    state = desk.app.workspace
    return [
        [(profile.label, dict(profile.fields), dict(profile.custom)) for profile in state.profiles],
        [(one.schedule_id, one.state, one.due) for one in state.schedules.values()],
        len(state.inbox.messages),
        dict(state.send_ids),
        state.queued,
    ]


@pytest.mark.contract("B-CMP-4")
@pytest.mark.parametrize("permission", sorted(PROBES))
async def test_no_probe_changes_anything_and_each_tells_granted_from_missing(permission: str) -> None:
    desk = Desk()
    await desk.people(a_person())
    await desk.post("/messages/schedule/create", a_schedule(desk))
    before = remembered(desk)

    async with AsyncBrazeClient(
        "http://sandbox.test", KEY, allow_insecure=True, transport=httpx.ASGITransport(app=desk.app)
    ) as client:
        granted = await client.send(calls.probe(permission))
    bare = Desk(permissions=frozenset())
    async with AsyncBrazeClient(
        "http://sandbox.test", KEY, allow_insecure=True, transport=httpx.ASGITransport(app=bare.app)
    ) as client:
        missing = await client.send(calls.probe(permission))

    assert (granted.outcome, missing.outcome) == ("granted", "missing")
    assert remembered(desk) == before
