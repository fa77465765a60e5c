"""The sandbox as an ASGI app: Braze's endpoints, the inbox pages, and the controls for tests."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from braze_client.sandbox import campaigns, control, inbox, scheduling, segments, sends, subscriptions, triggers, users
from braze_client.sandbox.auth import check_key, check_permission, read_body, read_query
from braze_client.sandbox.dispatcher import Dispatcher
from braze_client.sandbox.endpoint import RATE_LIMITED, Call, Endpoint
from braze_client.sandbox.envelope import Exchange, Refusal, json_reply, rate_headers
from braze_client.sandbox.faults import CUT, ConnectionCut, CutReply, done_by, reply_instead, spoiled, take_fault
from braze_client.sandbox.journal import Change
from braze_client.sandbox.options import Fault, SandboxOptions
from braze_client.sandbox.replaying import replay
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
        self._api_paths = frozenset(endpoint.path for endpoint in ENDPOINTS)
        super().__init__(
            routes=[
                *(Route(one.path, self._endpoint(one), methods=[one.method]) for one in ENDPOINTS),
                *inbox.routes(self.workspace, self.catch_up),
                *control.routes(
                    self.workspace,
                    self.catch_up,
                    self.forget,
                    lambda: self.dispatcher.is_idle,
                    tuple(endpoint.path for endpoint in ENDPOINTS),
                ),
            ],
            exception_handlers={404: _not_found, 405: _not_found},
            lifespan=self._lifespan,
        )
        # A trailing slash is another, unknown address (B-HTTP-3).
        self.router.redirect_slashes = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._is_foreign(scope):
            await _forbidden()(scope, receive, send)
            return
        await super().__call__(scope, receive, send)
        if scope.get(CUT):
            raise ConnectionCut("Server disconnected without sending a response.")

    def _is_foreign(self, scope: Scope) -> bool:
        is_api = scope["path"] in self._api_paths
        hosts = self.workspace.options.hosts
        return not is_api and control.is_foreign(Headers(scope=scope), scope["method"], hosts)

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
            exchange = Exchange(takes_gzip="gzip" in request.headers.get("accept-encoding", ""))
            raw = await request.body()
            state.calls[endpoint.path] += 1
            if state.options.latency_ms:
                await asyncio.sleep(state.options.latency_ms / 1000)
            fault = take_fault(state, endpoint.path, raw) if state.faults else None
            reply = None if fault is None else await reply_instead(fault, request, exchange)
            if reply is None:
                self.catch_up()
                reply = _answered(state, endpoint, request, done_by(fault, raw), exchange)
                state.statuses[str(reply.status_code)] += 1
                if fault is not None:
                    reply = await spoiled(fault, request, reply)
            if state.recorder.size:
                _record(state, endpoint, request, raw, reply, exchange, fault)
            return reply

        return answer

    def forget(self) -> None:
        """Forgets everything but the options, in the state file too."""
        self.workspace.reset()
        self.dispatcher.forget()
        if self.workspace.journal is not None:
            self.workspace.journal.clear()


def create_app(options: SandboxOptions, *, clock: Clock = time.time) -> Sandbox:
    """Returns a sandbox; `clock` gives UTC epoch seconds.

    With a state file it takes up what that file holds, else it begins with nothing. Raises `JournalUnreadable`.
    """
    sandbox = Sandbox(options, clock)
    replay(sandbox.workspace, sandbox.dispatcher, ENDPOINTS)
    return sandbox


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
        state.ids.begin()
        payload, status = endpoint.answer(state, call), 201 if endpoint.method == "POST" else 200
        payload["message"] = "success"
        if state.journal is not None and endpoint.is_change:
            state.journal.add(Change(now, endpoint.path, raw, state.ids.seed))
    except Refusal as refusal:
        payload, status = refusal.payload, refusal.status
    if call is not None:
        exchange.rate_headers = rate_headers(call.standing, now=now, is_delta=is_delta)
        if status == 429 and is_delta:
            wait = max(1, call.standing.resets_at - int(now))
            exchange.rate_headers = {"x-ratelimit-retry-after": str(wait)}
    return json_reply(payload, status=status, exchange=exchange)


def _record(
    state: State,
    endpoint: Endpoint,
    request: Request,
    raw: bytes,
    reply: Response,
    exchange: Exchange,
    fault: Fault | None,
) -> None:
    is_cut = isinstance(reply, CutReply)
    answer = bytes(getattr(reply, "body", b""))
    is_packed = reply.headers.get("content-encoding") == "gzip"
    state.recorder.add(
        at=state.clock(),
        method=endpoint.method,
        path=endpoint.path,
        query=request.url.query,
        request=raw,
        status=0 if is_cut else reply.status_code,
        answer=gzip.decompress(answer) if is_packed else answer,
        milliseconds=(time.perf_counter() - exchange.started) * 1000,
        fault="" if fault is None else str(fault.kind),
    )


def _forbidden() -> Response:
    words = {"message": "This request comes from another site, or by a name that the sandbox does not go by"}
    return json_reply(words, status=403, exchange=Exchange(rate_headers={}))


async def _not_found(request: Request, error: Exception) -> Response:
    return json_reply({"message": "Not Found"}, status=404, exchange=Exchange(rate_headers={}))
