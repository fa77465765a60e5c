"""Failing on demand: how tests meet a Braze that is slow, broken or half gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import get_args

import httpx
import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from braze_client.sandbox.envelope import EMPTY_RATE_HEADERS, Exchange, Refusal, json_reply
from braze_client.sandbox.options import Fault, FaultKind
from braze_client.sandbox.state import State

CUT = "sandbox.cut"
SIGN_IN_URL = "https://dashboard.example.com/sign_in"
# Labels of Braze's error table, unverified as literal strings (B-ERR-2).
_LABELS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Access Denied",
    404: "Not Found",
    413: "Request body too large",
    415: "Unsupported Media Type",
    429: "Rate Limited",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class ConnectionCut(httpx.RemoteProtocolError):
    """The connection ends without an answer; over the in-process transport the client sees just this error."""


class CutReply(Response):
    """Sends nothing; the sandbox's edge then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[CUT] = True


class HalfReply(Response):
    """Sends the head and half of the body; the sandbox's edge then closes the connection."""

    def __init__(self, whole: Response) -> None:
        super().__init__(bytes(whole.body), status_code=whole.status_code, headers=dict(whole.headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        scope[CUT] = True


def take_fault(state: State, path: str, raw: bytes) -> Fault | None:
    """Returns the fault that this call meets, and counts it down."""
    for position, fault in enumerate(state.faults):
        if fault.path not in (path, "*") or (fault.person and orjson.dumps(fault.person) not in raw):
            continue
        if fault.after > 0:
            state.faults[position] = replace(fault, after=fault.after - 1)
            continue
        if fault.count <= 1:
            del state.faults[position]
        else:
            state.faults[position] = replace(fault, count=fault.count - 1)
        return fault
    return None


async def reply_instead(fault: Fault, request: Request, exchange: Exchange) -> Response | None:
    """Returns the reply of a fault that keeps the call from being done, or None where it is done first."""
    if isinstance(fault.kind, int):
        exchange.rate_headers = EMPTY_RATE_HEADERS if fault.kind == 401 else {}
        if fault.resets_in is not None:
            exchange.rate_headers = {"x-ratelimit-retry-after": str(fault.resets_in)}
        return json_reply({"message": _LABELS.get(fault.kind, "Error")}, status=fault.kind, exchange=exchange)
    if fault.kind == "redirect":
        return RedirectResponse(SIGN_IN_URL, status_code=302)
    if fault.kind == "cut_before":
        return CutReply()
    if fault.kind == "timeout":
        await _hold(request, fault.hold_seconds)
        return CutReply()
    if fault.kind == "latency":
        await _hold(request, fault.hold_seconds)
    return None


async def spoiled(fault: Fault, request: Request, reply: Response) -> Response:
    """Returns the reply of a fault whose call was done."""
    status, body = reply.status_code, bytes(reply.body)
    match fault.kind:
        case "latency":
            return reply
        case "garbled":
            return Response(body[:-3], status_code=status, media_type="application/json")
        case "wrong_word":
            return Response(b'{"message":"maybe"}', status_code=status, media_type="application/json")
        case "html":
            return HTMLResponse("<!doctype html><title>Maintenance</title>", status_code=status)
        case "cut_during":
            return HalfReply(reply)
        case "accept_then_fail":
            return Response(b'{"message":"Internal Server Error"}', status_code=500, media_type="application/json")
        case "partly" if status < 400:
            _array, errors = _left_out(await request.body(), fault.people)
            answer = orjson.dumps({**orjson.loads(body), "errors": errors})
            return Response(answer, status_code=status, media_type="application/json")
        case "partly":
            return reply
        case "slow_drip":
            headers = {**reply.headers, "content-length": str(len(body))}
            return StreamingResponse(_dripping(body, fault.hold_seconds), status_code=status, headers=headers)
        case "accept_then_hang":
            await _hold(request, fault.hold_seconds)
    return CutReply()


def done_by(fault: Fault | None, raw: bytes) -> bytes:
    """Returns the body that is acted on: the call's own, less those whom the fault leaves out."""
    if fault is None or fault.kind != "partly":
        return raw
    array, errors = _left_out(raw, fault.people)
    if not errors:
        return raw
    body = orjson.loads(raw)
    return orjson.dumps({**body, array: body[array][len(errors) :]})


def _left_out(raw: bytes, people: int) -> tuple[str, list[dict[str, object]]]:
    """Returns the array of a call that names people, and the errors of the first of them.

    The shape is the one of users.track (B-TRK-13); what Braze says to calls that make mail is not settled (B-ENV-2).
    """
    body = orjson.loads(raw or b"{}")
    array = next((name for name in ("external_user_ids", "recipients") if body.get(name)), "")
    number = min(people, len(body.get(array, ())))
    return array, [{"index": index, "input_array": array, "type": "recipient refused"} for index in range(number)]


def read_fault(body: Mapping[str, object]) -> Fault:
    """Returns the fault that a control request describes; a wrong one is 400."""
    path, count, hold = body.get("path"), body.get("count", 1), body.get("hold_seconds", 3600)
    after, person, people = body.get("after", 0), body.get("person", ""), body.get("people", 1)
    resets_in = body.get("resets_in")
    kind = body.get("status", body.get("kind"))
    is_kind = kind in get_args(FaultKind) or (isinstance(kind, int) and 400 <= kind <= 599)
    is_path = isinstance(path, str) and (path == "*" or path.startswith("/"))
    if (
        not isinstance(path, str)
        or not is_path
        or not is_kind
        or not isinstance(count, int)
        or not isinstance(hold, int | float)
        or not isinstance(after, int)
        or not isinstance(person, str)
        or not isinstance(people, int)
        or not isinstance(resets_in, int | None)
    ):
        raise Refusal(
            "A fault needs path, status (400 to 599) or kind, and optionally count, hold_seconds, after, person, people"
            " and resets_in"
        )
    return Fault(path, kind, count, float(hold), after, person, people, resets_in)  # type: ignore[arg-type]


async def _dripping(body: bytes, seconds: float) -> AsyncIterator[bytes]:
    """Yields a body in twenty drops over so many seconds."""
    size = max(1, len(body) // 20)
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds * size / len(body))
        yield body[start : start + size]


async def _hold(request: Request, seconds: float) -> None:
    """Waits until the client has gone, at most so long."""
    deadline = asyncio.get_running_loop().time() + seconds
    while (left := deadline - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(left, 0.05))
        if await request.is_disconnected():
            return
