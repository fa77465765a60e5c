"""Whether a request may be answered at all, in the order of contract section 19: key, permission, media type, JSON."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from starlette.requests import Request

from braze_client.sandbox.envelope import ERROR_PARSING_BODY, Refusal
from braze_client.sandbox.options import SandboxOptions

MAX_BODY_BYTES = 4 * 1024 * 1024
_BEARER = "Bearer "


def check_key(request: Request, options: SandboxOptions) -> None:
    """Refuses a missing, malformed or foreign key with 401; the reply echoes what was presented (B-HTTP-9)."""
    header = request.headers.get("authorization", "")
    presented = header.removeprefix(_BEARER)
    if not header.startswith(_BEARER) or presented != options.api_key:
        raise Refusal(f"Invalid API key: {presented}", status=401)


def check_permission(permission: str, options: SandboxOptions) -> None:
    """Refuses a key without the endpoint's permission with 403."""
    if permission not in options.permissions:
        raise Refusal("Access Denied", status=403)


def read_body(request: Request, raw: bytes) -> Mapping[str, object]:
    """Returns the JSON object of a POST; 415, 413 and 400 as B-HTTP-2 and B-HTTP-8 say."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal("Content-Type must be application/json", status=415)
    if len(raw) > MAX_BODY_BYTES:
        raise Refusal("Request body too large", status=413)
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refusal(ERROR_PARSING_BODY, message_key="error") from None
    if not isinstance(body, dict):
        raise Refusal(ERROR_PARSING_BODY, message_key="error")
    return body


def read_query(request: Request) -> dict[str, object]:
    """Returns the query; `name[]=a&name[]=b` becomes a list under `name` (B-HTTP-6)."""
    query: dict[str, object] = {}
    for name, value in request.query_params.multi_items():
        if name.endswith("[]"):
            values = query.setdefault(name[:-2], [])
            if isinstance(values, list):
                values.append(value)
        else:
            query[name] = value
    return query
