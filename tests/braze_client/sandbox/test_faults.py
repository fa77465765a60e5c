"""Failures on demand: whether the call was done, and what the caller sees."""

from __future__ import annotations

import socket

import httpx
import orjson
import pytest

from braze_client.sandbox import ConnectionCut, Fault, SandboxOptions
from tests.braze_client.sandbox.builders import KEY, Desk, a_person, a_schedule, a_trigger
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


async def test_a_500_may_come_after_the_call_was_done() -> None:
    desk = Desk(faults=(Fault("/users/track", "accept_then_fail"),))

    reply = await desk.post("/users/track", BODY)

    assert (reply.status_code, reply.json()) == (500, {"message": "Internal Server Error"})
    assert len(desk.app.workspace.profiles) == 1


async def test_a_fault_may_wait_for_some_calls_to_pass() -> None:
    desk = Desk(faults=(Fault("/users/track", 503, after=2),))

    replies = [await desk.post("/users/track", BODY) for _ in range(4)]

    assert [reply.status_code for reply in replies] == [201, 201, 503, 201]


async def test_a_fault_may_be_met_only_by_calls_that_name_one_person() -> None:
    desk = Desk(faults=(Fault("/messages/schedule/create", 400, count=9, person="C2"),))
    await desk.people(a_person(1), a_person(2), a_person(22))

    replies = [
        await desk.post("/messages/schedule/create", a_schedule(desk, *people))
        for people in (("C1", "C22"), ("C1", "C2"), ("C22",))
    ]

    assert [reply.status_code for reply in replies] == [201, 400, 201]


@pytest.mark.parametrize("path", ["/messages/schedule/create", "/campaigns/trigger/send"])
async def test_a_success_may_leave_some_people_out_and_name_them(path: str) -> None:
    desk = Desk(faults=(Fault(path, "partly", people=2),))
    await desk.people(*(a_person(number) for number in (1, 2, 3)))
    names = ("C1", "C2", "C3")
    is_trigger = path == "/campaigns/trigger/send"
    body = a_trigger(*({"external_user_id": name} for name in names)) if is_trigger else a_schedule(desk, *names)

    reply = await desk.post(path, body)
    desk.now += 61
    inbox = await desk.inbox()

    array = "recipients" if is_trigger else "external_user_ids"
    assert (reply.status_code, reply.json()["message"]) == (201, "success")
    assert [(one["input_array"], one["index"]) for one in reply.json()["errors"]] == [(array, 0), (array, 1)]
    assert [one["external_id"] for one in inbox] == ["C3"]


@pytest.mark.parametrize(("resets_in", "said"), [(None, None), (7, "7")])
async def test_a_429_says_when_to_come_again_or_says_nothing(resets_in: int | None, said: str | None) -> None:
    desk = Desk()
    await desk.post("/sandbox/faults", {"path": "/users/track", "status": 429, "resets_in": resets_in})

    reply = await desk.post("/users/track", BODY)

    assert (reply.status_code, reply.headers.get("x-ratelimit-retry-after")) == (429, said)


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
