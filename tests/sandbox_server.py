"""A sandbox Braze in a thread of the test's process, over real HTTP, whose memory the test can look into."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import uvicorn
from starlette.types import Receive, Scope, Send

from braze_client.sandbox import ConnectionCut, Sandbox, SandboxOptions, create_app
from braze_client.sandbox.options import Fault
from braze_client.sandbox.profiles import Profile
from braze_client.sandbox.state import State

API_KEY = "sandbox-key-of-a-test"
START_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that answers at `url`; `state` is what it remembers."""

    url: str
    app: Sandbox

    @property
    def state(self) -> State:
        """What the sandbox remembers: profiles, inbox, calls by path."""
        return self.app.workspace

    def fail(self, path: str, kind: int, count: int = 1) -> None:
        """Lets the next calls to an endpoint fail with a status."""
        self.state.faults.append(Fault(path=path, kind=kind, count=count))

    def drop_after_acting(self, path: str) -> None:
        """Lets the next call to an endpoint be done and then cut without an answer."""
        self.state.faults.append(Fault(path=path, kind="accept_then_drop"))

    def profile(self, external_id: str) -> Profile | None:
        """Gives what Braze has of a person."""
        return self.state.profiles.by_external_id(external_id)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """Gives what the calls to an endpoint said, oldest first."""
        said = [orjson.loads(call.request) for call in self.state.recorder if call.path == path]
        return said[::-1]

    def calls(self, path: str) -> int:
        """Gives how many calls came to an endpoint."""
        return self.state.calls[path]


class _Edge:
    """The app as the server sees it: a connection that is to be cut ends without an answer."""

    def __init__(self, app: Sandbox) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> object:
        try:
            await self._app(scope, receive, send)
        except ConnectionCut:
            return "cut"
        return None


@contextmanager
def running_sandbox(options: SandboxOptions) -> Iterator[RunningSandbox]:
    """Starts a sandbox on a free port of this machine and ends it."""
    app = create_app(options)
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        _Edge(app), log_level="critical", access_log=False, lifespan="on", timeout_graceful_shutdown=0
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.005)
    try:
        yield RunningSandbox(f"http://127.0.0.1:{listener.getsockname()[1]}", app)
    finally:
        # It ends by itself within a tenth of a second, and closes its socket; no test waits for that.
        server.should_exit = True
