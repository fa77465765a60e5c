"""Calls that happen once: whoever asks again by the same key gets the answer of the first time."""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final, ParamSpec, cast

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.responses import Status

from groups.api.authentication import ApiRequest
from groups.api.problems import Problem
from groups.models import ApiCall

P = ParamSpec("P")
HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
KEPT: Final = timedelta(hours=24)
# No request lives so long: what has not answered by then was cut off, and its transaction with it.
CUT_OFF_AFTER: Final = timedelta(minutes=10)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
PARAMETER: Final[dict[str, Any]] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
            "description": "A text of your own for this one act, such as a UUID. The same key and the same body give "
            "the first answer again, for 24 hours.",
        }
    ]
}
"""What the OpenAPI says of every operation that creates or sends."""


def once(status: int = 200) -> Callable[[Callable[P, Schema]], Callable[P, Status[Any]]]:
    """Lets a view that creates or sends act once for each `Idempotency-Key`; it answers with `status`.

    The row of the key is committed before the view runs, and the answer is written in the transaction of its acts. So
    a row without an answer means that the call runs now, or that nothing of it was done. Refusals and failures free
    the key. Raises `Problem`: 400 without a key, 422 for the key of another request, 409 while the first call runs.
    """

    def wrap(view: Callable[P, Schema]) -> Callable[P, Status[Any]]:
        @wraps(view)
        def acted_once(*args: P.args, **kwargs: P.kwargs) -> Status[Any]:
            request = cast("ApiRequest", args[0])  # what the framework gives every view first
            return _acted(request, lambda: view(*args, **kwargs), status)

        # The framework reads a view's parameters by names, which only the view's own module knows.
        acted_once.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        return acted_once

    return wrap


def _acted(request: ApiRequest, act: Callable[[], Schema], status: int) -> Status[Any]:
    key = request.headers.get(HEADER, "")
    if not _KEY.fullmatch(key):
        raise Problem(
            400,
            "no-idempotency-key",
            _("Send the header Idempotency-Key: a text of your own of at most 200 plain characters."),
        )
    fingerprint = _fingerprint(request)
    begun = _begin(request, key, fingerprint)
    if isinstance(begun, ApiCall):
        request.replayed = True  # type: ignore[attr-defined]  # for the answer's header
        return Status(begun.status or status, begun.answer)
    try:
        with transaction.atomic():
            answer = act().model_dump(mode="json")
            mine = ApiCall.objects.filter(token=request.token, key=key, started_at=begun, status=None)
            if not mine.update(status=status, answer=answer):
                raise _in_flight()
    except BaseException:
        # Nothing of it was done, so that the same key may try again.
        ApiCall.objects.filter(token=request.token, key=key, started_at=begun, status=None).delete()
        raise
    return Status(status, answer)


def _begin(request: ApiRequest, key: str, fingerprint: str) -> datetime | ApiCall:
    """Takes a key, and gives when; or gives the call that answered by it."""
    now = timezone.now()
    ApiCall.objects.filter(token=request.token, key=key, started_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            ApiCall.objects.create(token=request.token, key=key, fingerprint=fingerprint, started_at=now)
        return now
    except IntegrityError:
        pass
    found = ApiCall.objects.filter(token=request.token, key=key).first()
    if found is None:
        raise _in_flight()
    if found.fingerprint != fingerprint:
        raise Problem(
            422, "idempotency-key-reused", _("This key belongs to another request. Use a new one for a new act.")
        )
    if found.status is not None:
        return found
    lost = ApiCall.objects.filter(pk=found.pk, status=None, started_at__lt=now - CUT_OFF_AFTER)
    if lost.update(started_at=now):
        return now
    raise _in_flight()


def _in_flight() -> Problem:
    return Problem(
        409,
        "in-flight",
        _("The same call is being done right now. Ask again in a moment."),
        headers={"Retry-After": "1"},
    )


def _fingerprint(request: ApiRequest) -> str:
    """Gives a hash of what is asked for: method, address, and the body byte for byte, or the parts of a form."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if (request.content_type or "").startswith("multipart/"):
        # Clients choose a new boundary each time; the parts are what counts.
        for name, texts in sorted(request.POST.lists()):
            digest.update(repr((name, texts)).encode(errors="replace"))
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                digest.update(repr((name, file.name)).encode(errors="replace"))
                for chunk in file.chunks():
                    digest.update(chunk)
                file.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def forget_old_calls() -> int:
    """Forgets the answers of calls that are older than a day, and gives how many they were."""
    forgotten, _rows = ApiCall.objects.filter(started_at__lt=timezone.now() - KEPT).delete()
    return forgotten
