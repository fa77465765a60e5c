"""Braze's replies on the wire: status codes, envelopes and headers (B-HTTP-4 to 7, B-ENV-1, B-RL-1)."""

from __future__ import annotations

import gzip
import hashlib
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from starlette.responses import Response

from braze_client.sandbox.windows import Standing

ERROR_PARSING_BODY = "Error while parsing request body. Please check your syntax."
LEAST_PACKED_BYTES = 1_000
EMPTY_RATE_HEADERS = {"x-ratelimit-limit": "", "x-ratelimit-remaining": "", "x-ratelimit-reset": ""}


class Refusal(Exception):
    """A reply that is no success; `message_key` is `error` only for bodies that do not parse (B-HTTP-2)."""

    def __init__(
        self, message: str, *, status: int = 400, message_key: str = "message", errors: list[object] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.payload: dict[str, object] = {message_key: message}
        if errors:
            self.payload["errors"] = errors


@dataclass(slots=True)
class Exchange:
    """What the headers of a reply need to know."""

    started: float = field(default_factory=time.perf_counter)
    rate_headers: Mapping[str, str] = field(default_factory=lambda: EMPTY_RATE_HEADERS)
    takes_gzip: bool = False


def rate_headers(standing: Standing, *, now: float, is_delta: bool = False) -> dict[str, str]:
    """Returns the header triplet of a pool; `is_delta` gives seconds left instead of the epoch (B-RL-1, B-RL-2)."""
    reset = standing.resets_at - (int(now) if is_delta else 0)
    return {
        "x-ratelimit-limit": str(standing.limit),
        "x-ratelimit-remaining": str(standing.remaining),
        "x-ratelimit-reset": str(reset),
    }


def json_reply(payload: Mapping[str, object], *, status: int, exchange: Exchange) -> Response:
    """Returns a reply with the headers seen on the wire (B-HTTP-7)."""
    content = orjson.dumps(payload)
    headers = {
        "content-type": "application/json",
        "x-request-id": str(uuid.uuid4()),
        "x-runtime": f"{time.perf_counter() - exchange.started:.6f}",
        "vary": "Origin,Accept-Encoding",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
        **exchange.rate_headers,
    }
    if status < 400:
        headers["cache-control"] = "max-age=0, private, must-revalidate"
        headers["etag"] = f'W/"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    else:
        headers["cache-control"] = "no-cache"
    if exchange.takes_gzip and len(content) > LEAST_PACKED_BYTES:
        headers["content-encoding"] = "gzip"
        content = gzip.compress(content, compresslevel=1)
    return Response(content, status_code=status, headers=headers)
