"""From a call to a request, and from a response to a value or an error: pure, for both clients."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import httpx
import orjson

from braze_client import limits
from braze_client.calls import Call
from braze_client.errors import (
    BrazeError,
    CallRefused,
    EndpointMissing,
    KeyRefused,
    NotSent,
    PermissionRefused,
    RateLimited,
    Refused,
    TooLarge,
    Uncertain,
    WrongMediaType,
)
from braze_client.pacing import RateLimits, read_rate_limits
from braze_client.parsing import UnreadableAnswer, sentence, sentences, sorted_errors
from braze_client.redact import Secret, may_hold, redact, redact_json
from braze_client.replies import Answer, Json
from braze_client.transport import timeouts, was_not_sent

T = TypeVar("T")

SUCCESS_WORDS = frozenset({"success", "queued"})
REFUSALS: dict[int, type[Refused]] = {
    401: KeyRefused,
    403: PermissionRefused,
    404: EndpointMissing,
    413: TooLarge,
    415: WrongMediaType,
}
TOO_MANY_REQUESTS = 429
REQUEST_TIMEOUT = 408


def request_for(call: Call[object], client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
    """Return the request of a call: JSON of at most 4 MB (B-HTTP-2, B-HTTP-8), or a query; never a closing slash."""
    timeout = {"timeout": timeouts(call.timeout_seconds).as_dict()}
    if call.body is None:
        return client.build_request(call.method, call.path, params=call.query or None, extensions=timeout)
    content = limits.encoded(call.body, limits.BODY_BYTES, "B-HTTP-8", "the request")
    media = {"content-type": "application/json"}
    return client.build_request(call.method, call.path, content=content, headers=media, extensions=timeout)


def unanswered(call: Call[object], problem: BaseException, secret: Secret) -> BrazeError:
    """Return the error of a request that got no answer: not sent if that is sure, else uncertain (B-RETRY-3)."""
    message = redact(f"{type(problem).__name__}: {problem}", (secret.reveal(),))
    if was_not_sent(problem):
        return NotSent(message)
    return Uncertain(message, may_have_acted=not call.reads_only)


def rate_limits(response: httpx.Response, now: datetime) -> RateLimits:
    """Return what the headers say of the window; after a 429 nothing remains."""
    found = read_rate_limits(response.headers, now)
    return replace(found, remaining=0) if response.status_code == TOO_MANY_REQUESTS else found


def judge(call: Call[T], response: httpx.Response, now: datetime, secret: Secret) -> T:
    """Return the value that the call reads from a response, or raise the error that its status and shape mean."""
    status = response.status_code
    request_id = response.headers.get("x-request-id")
    body = read_object(response.content, secret)
    if response.is_success:
        return judge_success(call, status, body if response.content or not call.may_be_empty else {}, request_id)
    if status in call.read_statuses and body is not None:
        return call.parse(Answer(status, body, request_id))
    message = explanation(body, response, secret)
    if status == TOO_MANY_REQUESTS:
        retry_at = read_rate_limits(response.headers, now).reset_at
        raise RateLimited(message, retry_at=retry_at, request_id=request_id)
    if 400 <= status < 500 and status != REQUEST_TIMEOUT:
        errors = body.get("errors") if body is not None else None
        refused, _ = sorted_errors(errors)
        raise REFUSALS.get(status, CallRefused)(
            message, status=status, errors=sentences(errors), refused=refused, request_id=request_id
        )
    raise Uncertain(
        message,
        status=status,
        request_id=request_id,
        may_have_acted=not call.reads_only,
        was_answered=status in (500, 503) and body is not None,
    )


def judge_success(call: Call[T], status: int, body: Json | None, request_id: str | None) -> T:
    """Return the value of a 2xx (B-HTTP-4), or raise :class:`Uncertain` when it cannot be read (B-HTTP-5).

    A call that makes mail needs the word success; elsewhere a missing ``message`` passes, another one does not.
    """
    problem = "Braze answered without a JSON object"
    if body is not None:
        word = body.get("message")
        is_success = isinstance(word, str) and word in SUCCESS_WORDS
        if is_success or (word is None and not call.makes_mail):
            try:
                return call.parse(Answer(status, body, request_id))
            except UnreadableAnswer as unreadable:
                problem = str(unreadable)
        else:
            problem = f"Braze answered without success: {redact(sentence(word))}"
    raise Uncertain(problem, status=status, request_id=request_id, may_have_acted=not call.reads_only)


def read_object(content: bytes, secret: Secret) -> Json | None:
    """Return the JSON object of a body without our key in it (B-HTTP-9), or None when there is none."""
    try:
        value: object = orjson.loads(content)
        if may_hold(content, secret.reveal()):
            value = redact_json(value, secret.reveal())
    except (orjson.JSONDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def explanation(body: Json | None, response: httpx.Response, secret: Secret) -> str:
    """Return Braze's own words without our key: ``message``, else ``error`` (B-HTTP-2), else the text of the body."""
    for name in ("message", "error"):
        words = body.get(name) if body is not None else None
        if isinstance(words, str) and words:
            return redact(words, (secret.reveal(),))
    return redact(response.text.strip(), (secret.reveal(),)) or response.reason_phrase or "no explanation"
