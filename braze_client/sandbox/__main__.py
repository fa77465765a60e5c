"""Starts the sandbox on a port: `python -m braze_client.sandbox --port P --api-key KEY`."""

from __future__ import annotations

import argparse
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

from braze_client.sandbox.app import Sandbox, create_app
from braze_client.sandbox.faults import ConnectionCut
from braze_client.sandbox.journal import JournalUnreadable
from braze_client.sandbox.options import PARTNER_PERMISSIONS, PORTAL_PERMISSIONS, SandboxOptions

BACKLOG = 2048
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Edge:
    """The app as the server sees it: a cut connection is closed without a byte of answer."""

    def __init__(self, app: Sandbox) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> object:
        try:
            await self._app(scope, receive, send)
        except ConnectionCut:
            # The server closes the connection when an app returns something.
            return "cut"
        return None


class QuietServer(uvicorn.Server):
    """Ends on SIGINT and SIGTERM with exit code 0 and no word."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.handle_exit)
        yield


def main(arguments: Sequence[str]) -> int:
    """Serves until a signal ends it; returns 0, or 1 with a sentence on stderr where it cannot start."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        trigger_body = Path(given.trigger_body).read_text(encoding="utf-8") if given.trigger_body else None
    except (OSError, UnicodeDecodeError) as error:
        return _refused(f"The trigger body {given.trigger_body} cannot be read: {error}.")
    options = SandboxOptions(
        api_key=given.api_key,
        latency_ms=given.latency_ms,
        permissions=_permissions(given.permissions),
        campaign_ids=frozenset(given.campaign_id),
        variation_ids=frozenset(given.variation_id),
        trigger_campaign_ids=frozenset(given.trigger_campaign_id),
        trigger_subject=given.trigger_subject,
        trigger_body=trigger_body,
        propagation_seconds=given.propagation_seconds,
        has_engagement=not given.no_engagement,
        is_rendering_as_braze=given.as_braze,
        has_legacy_track_limit=given.legacy_track_limit,
        has_delta_rate_headers=given.seconds_left_headers,
        is_repeated_send_id_refused=given.refuse_repeated_send_ids,
        recorded_calls=given.recorded_calls,
        shared_calls_per_hour=given.shared_calls,
        export_calls_per_minute=given.export_calls,
        shared_window_seconds=given.shared_window_seconds,
        track_calls_per_3_seconds=given.track_calls,
        state_path=Path(given.state) if given.state else None,
        hosts=None if given.allow_remote else LOOPBACK | {given.host},
    )
    if not given.allow_remote and not _is_loopback(given.host):
        return _refused(
            f"The sandbox asks for no sign-in, so it listens on this machine only; {given.host} is another address. "
            "Add --allow-remote if that is what you want."
        )
    try:
        app = create_app(options)
    except JournalUnreadable as error:
        return _refused(f"{error} Choose another --state file; nothing was changed.")
    family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
    # asyncio turns Nagle's delay off only for sockets that name their protocol; with it an answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((given.host, given.port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        return _refused(f"The sandbox cannot listen on {given.host}:{given.port} ({reason}); choose another --port.")
    port = listener.getsockname()[1]
    sys.stdout.write(f"Sandbox Braze at http://{given.host}:{port} (inbox: http://{given.host}:{port}/inbox)\n")
    sys.stdout.flush()
    # What is loaded by now stays; the collector need not walk it while hundreds of thousands of messages come.
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        Edge(app),
        log_level="critical",
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=0,
        timeout_keep_alive=75,
        server_header=False,
    )
    QuietServer(config).run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m braze_client.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="TCP port; 0 picks a free one")
    parser.add_argument("--api-key", required=True, help="the REST API key that clients must present")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--latency-ms", type=int, default=0, help="delay of every answer")
    parser.add_argument(
        "--permissions",
        help="comma-separated permissions instead of the partner's ten; `portal` names all that the portal uses",
    )
    parser.add_argument("--campaign-id", action="append", default=[], help="accept only these API campaigns")
    parser.add_argument("--variation-id", action="append", default=[], help="accept only these message variations")
    parser.add_argument("--trigger-campaign-id", action="append", default=[], help="accept only these for triggers")
    parser.add_argument("--trigger-subject", metavar="TEXT", help="subject of the triggered email")
    parser.add_argument("--trigger-body", metavar="FILE", help="HTML of the triggered email")
    parser.add_argument("--propagation-seconds", type=float, default=0.0, help="delay until users.track is visible")
    parser.add_argument("--state", metavar="FILE", help="keep everything in this SQLite file, over restarts")
    parser.add_argument("--recorded-calls", type=int, default=200, help="how many of the last calls can be looked at")
    parser.add_argument("--export-calls", type=int, default=250, help="profile look-ups a minute")
    parser.add_argument("--shared-calls", type=int, default=250_000, help="limit of the shared window")
    parser.add_argument("--shared-window-seconds", type=int, default=3600, help="length of the shared window")
    parser.add_argument("--allow-remote", action="store_true", help="listen on an address that others can reach")
    parser.add_argument("--as-braze", action="store_true", help="accept Liquid that the portal never sends")
    parser.add_argument("--track-calls", type=int, default=3_000, help="calls of users.track in 3 seconds")
    parser.add_argument("--legacy-track-limit", action="store_true", help="75 objects in each array of users/track")
    parser.add_argument("--seconds-left-headers", action="store_true", help="rate limits as other contracts have them")
    parser.add_argument("--refuse-repeated-send-ids", action="store_true", help="400 where a send ID exists already")
    parser.add_argument("--no-engagement", action="store_true", help="nobody opens, clicks, bounces or unsubscribes")
    return parser


def _permissions(text: str | None) -> frozenset[str]:
    """Returns the permissions of the key: the ten of the partner page, or what is listed; `portal` names a set."""
    if text is None:
        return PARTNER_PERMISSIONS
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    return names - {"portal"} | PORTAL_PERMISSIONS if "portal" in names else names


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
