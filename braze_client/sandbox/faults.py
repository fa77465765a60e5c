"""Failing on demand: how tests meet a Braze that is slow, broken or half gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import get_args

import httpx
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


def take_fault(state: State, path: str) -> Fault | None:
    """Returns the fault that this call meets, and counts it down."""
    for position, fault in enumerate(state.faults):
        if fault.path in (path, "*"):
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
        case "slow_drip":
            headers = {**reply.headers, "content-length": str(len(body))}
            return StreamingResponse(_dripping(body, fault.hold_seconds), status_code=status, headers=headers)
        case "accept_then_hang":
            await _hold(request, fault.hold_seconds)
    return CutReply()


def read_fault(body: Mapping[str, object]) -> Fault:
    """Returns the fault that a control request describes; a wrong one is 400."""
    path, count, hold = body.get("path"), body.get("count", 1), body.get("hold_seconds", 3600)
    kind = body.get("status", body.get("kind"))
    is_kind = kind in get_args(FaultKind) or (isinstance(kind, int) and 400 <= kind <= 599)
    is_path = isinstance(path, str) and (path == "*" or path.startswith("/"))
    if (
        not isinstance(path, str)
        or not is_path
        or not is_kind
        or not isinstance(count, int)
        or not isinstance(hold, int | float)
    ):
        raise Refusal("A fault needs path, status (400 to 599) or kind, and optionally count and hold_seconds")
    return Fault(path=path, kind=kind, count=count, hold_seconds=float(hold))  # type: ignore[arg-type]


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
