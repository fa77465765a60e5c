"""Failures on demand: whether the call was done, and what the caller sees."""

from __future__ import annotations

import httpx
import pytest

from braze_client.sandbox import ConnectionCut, Fault
from tests.braze_client.sandbox.builders import Desk, a_person

BODY = {"attributes": [a_person()]}


async def test_a_forced_status_comes_so_many_times_and_does_nothing() -> None:
    desk = Desk()
    await desk.post("/sandbox/faults", {"path": "/users/track", "status": 503, "count": 2})

    replies = [await desk.post("/users/track", BODY) for _ in range(2)]
    untouched = len(desk.app.workspace.profiles)
    third = await desk.post("/users/track", BODY)

    assert [reply.status_code for reply in replies] == [503, 503]
    assert (untouched, third.status_code) == (0, 201)


async def test_a_garbled_reply_comes_after_the_call_was_done() -> None:
    desk = Desk(faults=(Fault("/users/track", "garbled"),))

    reply = await desk.post("/users/track", BODY)

    assert reply.status_code == 201
    with pytest.raises(ValueError, match="Unterminated"):
        reply.json()
    assert len(desk.app.workspace.profiles) == 1


async def test_a_redirect_to_a_sign_in_page_does_nothing() -> None:
    desk = Desk(faults=(Fault("/users/track", "redirect"),))

    reply = await desk.post("/users/track", BODY)

    assert (reply.status_code, reply.headers["location"]) == (302, "https://dashboard.example.com/sign_in")
    assert len(desk.app.workspace.profiles) == 0


@pytest.mark.parametrize(("kind", "people"), [("timeout", 0), ("accept_then_drop", 1)])
async def test_a_cut_connection_looks_the_same_whether_the_call_was_done_or_not(kind: str, people: int) -> None:
    desk = Desk()
    await desk.post("/sandbox/faults", {"path": "/users/track", "kind": kind, "hold_seconds": 0})

    with pytest.raises(httpx.RemoteProtocolError) as caught:
        await desk.post("/users/track", BODY)

    assert isinstance(caught.value, ConnectionCut)
    assert len(desk.app.workspace.profiles) == people


@pytest.mark.parametrize("body", [{}, {"path": "/users/track"}, {"path": "/users/track", "status": 200}])
async def test_a_fault_that_says_nothing_is_refused(body: dict[str, object]) -> None:
    assert (await Desk().post("/sandbox/faults", body)).status_code == 400


async def test_a_reset_forgets_everything() -> None:
    desk = Desk()
    await desk.people(a_person())
    await desk.post("/campaigns/trigger/send", {"campaign_id": "t", "recipients": [{"external_user_id": "C1"}]})
    assert len(await desk.inbox()) == 1

    await desk.post("/sandbox/reset", {})

    ledger = await desk.ledger()
    assert (ledger["messages"], ledger["profiles"], ledger["calls"]) == (0, 0, {})
