"""Failures on demand: whether the call was done, and what the caller sees."""

from __future__ import annotations

import socket

import httpx
import orjson
import pytest

from braze_client.sandbox import ConnectionCut, Fault, SandboxOptions
from tests.braze_client.sandbox.builders import KEY, Desk, a_person
from tests.sandbox_server import running_sandbox

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


@pytest.mark.parametrize(
    ("kind", "people"),
    [("timeout", 0), ("cut_before", 0), ("accept_then_drop", 1), ("accept_then_hang", 1), ("cut_during", 1)],
)
async def test_a_cut_connection_looks_the_same_whether_the_call_was_done_or_not(kind: str, people: int) -> None:
    desk = Desk()
    await desk.post("/sandbox/faults", {"path": "/users/track", "kind": kind, "hold_seconds": 0})

    with pytest.raises(httpx.RemoteProtocolError) as caught:
        await desk.post("/users/track", BODY)

    assert isinstance(caught.value, ConnectionCut)
    assert len(desk.app.workspace.profiles) == people


@pytest.mark.parametrize("kind", ["latency", "slow_drip"])
async def test_a_slow_answer_is_whole(kind: str) -> None:
    desk = Desk()
    await desk.post("/sandbox/faults", {"path": "*", "kind": kind, "hold_seconds": 0.05})

    reply = await desk.post("/users/track", BODY)

    assert (reply.status_code, reply.json()) == (201, {"attributes_processed": 1, "message": "success"})


async def test_a_success_may_come_as_a_page_or_with_another_word() -> None:
    desk = Desk(faults=(Fault("/users/track", "html"), Fault("/users/track", "wrong_word")))

    page, word = [await desk.post("/users/track", BODY) for _ in range(2)]

    assert (page.status_code, page.headers["content-type"]) == (201, "text/html; charset=utf-8")
    assert (word.status_code, word.json()) == (201, {"message": "maybe"})


def test_over_http_half_an_answer_is_really_half() -> None:
    options = SandboxOptions(api_key=KEY, faults=(Fault("/users/track", "cut_during"),))
    with (
        running_sandbox(options) as braze,
        socket.create_connection(("127.0.0.1", int(braze.url.rpartition(":")[2]))) as line,
    ):
        body = orjson.dumps(BODY)
        head = f"POST /users/track HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n"
        line.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        received = b"".join(iter(lambda: line.recv(4096), b""))

    answer_head, _, answer = received.partition(b"\r\n\r\n")
    assert answer_head.startswith(b"HTTP/1.1 201")
    assert answer == b'{"attributes_processed":1,"message":"success"}'[:23]


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
