"""The sandbox as an ASGI app: Braze's endpoints, the inbox pages, and the controls for tests."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from braze_client.sandbox import campaigns, inbox, scheduling, segments, sends, subscriptions, triggers, users
from braze_client.sandbox.auth import check_key, check_permission, read_body, read_query
from braze_client.sandbox.dispatcher import Dispatcher
from braze_client.sandbox.endpoint import RATE_LIMITED, Call, Endpoint
from braze_client.sandbox.envelope import Exchange, Refusal, json_reply, rate_headers
from braze_client.sandbox.faults import CUT, ConnectionCut, read_fault, reply_instead, spoiled, take_fault
from braze_client.sandbox.options import SandboxOptions
from braze_client.sandbox.state import Clock, State

ENDPOINTS: tuple[Endpoint, ...] = (
    *users.ENDPOINTS,
    *scheduling.ENDPOINTS,
    *triggers.ENDPOINTS,
    *sends.ENDPOINTS,
    *segments.ENDPOINTS,
    *campaigns.ENDPOINTS,
    *subscriptions.ENDPOINTS,
)


class Sandbox(Starlette):
    """The app; `workspace` is what it remembers and `dispatcher` what delivers.

    Under a server a background task delivers. Without one (in-process, no lifespan) every request first delivers
    what is due by the clock, so that tests need no waiting.
    """

    def __init__(self, options: SandboxOptions, clock: Clock) -> None:
        self.workspace = State(options, clock)
        self.dispatcher = Dispatcher(self.workspace)
        self._is_delivering_in_background = False
        super().__init__(
            routes=[
                *(Route(one.path, self._endpoint(one), methods=[one.method]) for one in ENDPOINTS),
                *inbox.routes(self.workspace, self.catch_up),
                Route("/sandbox/faults", self._add_fault, methods=["POST"]),
                Route("/sandbox/reset", self._reset, methods=["POST"]),
            ],
            exception_handlers={404: _not_found, 405: _not_found},
            lifespan=self._lifespan,
        )
        # A trailing slash is another, unknown address (B-HTTP-3).
        self.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)
        if scope.get(CUT):
            raise ConnectionCut("Server disconnected without sending a response.")

    def catch_up(self) -> None:
        """Delivers everything that is due, unless the background task does."""
        if self._is_delivering_in_background:
            self.workspace.settle(self.workspace.clock())
        else:
            self.dispatcher.deliver_due()

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        delivering = asyncio.create_task(self.dispatcher.run())
        self._is_delivering_in_background = True
        try:
            yield
        finally:
            self._is_delivering_in_background = False
            delivering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await delivering

    def _endpoint(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        state = self.workspace

        async def answer(request: Request) -> Response:
            exchange = Exchange()
            raw = await request.body()
            state.calls[endpoint.path] += 1
            if state.options.latency_ms:
                await asyncio.sleep(state.options.latency_ms / 1000)
            fault = take_fault(state, endpoint.path) if state.faults else None
            if fault is not None and (reply := await reply_instead(fault, request, exchange)) is not None:
                return reply
            self.catch_up()
            reply = _answered(state, endpoint, request, raw, exchange)
            state.statuses[str(reply.status_code)] += 1
            return reply if fault is None else await spoiled(fault, request, reply)

        return answer

    async def _add_fault(self, request: Request) -> Response:
        try:
            self.workspace.faults.append(read_fault(read_body(request, await request.body())))
        except Refusal as refusal:
            return json_reply(refusal.payload, status=refusal.status, exchange=Exchange(rate_headers={}))
        return json_reply({"message": "success"}, status=201, exchange=Exchange(rate_headers={}))

    async def _reset(self, request: Request) -> Response:
        self.workspace.reset()
        self.dispatcher.forget()
        return json_reply({"message": "success"}, status=201, exchange=Exchange(rate_headers={}))


def create_app(options: SandboxOptions, *, clock: Clock = time.time) -> Sandbox:
    """Returns a sandbox with nothing in it; `clock` gives UTC epoch seconds."""
    return Sandbox(options, clock)


def _answered(state: State, endpoint: Endpoint, request: Request, raw: bytes, exchange: Exchange) -> Response:
    now = state.clock()
    is_delta = state.options.has_delta_rate_headers and endpoint.path == "/users/track"
    call: Call | None = None
    try:
        check_key(request, state.options)
        call = Call(body={}, query={}, now=now, standing=state.windows.take(endpoint.pool(state), now))
        check_permission(endpoint.permission, state.options)
        if not call.standing.is_allowed:
            raise Refusal(RATE_LIMITED, status=429)
        if endpoint.method == "POST":
            call.body = read_body(request, raw)
        else:
            call.query = read_query(request)
        payload, status = endpoint.answer(state, call), 201 if endpoint.method == "POST" else 200
        payload["message"] = "success"
    except Refusal as refusal:
        payload, status = refusal.payload, refusal.status
    if call is not None:
        exchange.rate_headers = rate_headers(call.standing, now=now, is_delta=is_delta)
        if status == 429 and is_delta:
            wait = max(1, call.standing.resets_at - int(now))
            exchange.rate_headers = {"x-ratelimit-retry-after": str(wait)}
    return json_reply(payload, status=status, exchange=exchange)


async def _not_found(request: Request, error: Exception) -> Response:
    return json_reply({"message": "Not Found"}, status=404, exchange=Exchange(rate_headers={}))
