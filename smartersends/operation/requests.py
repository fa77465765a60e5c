"""Each request has an id, a line in the log and a place in the numbers; health is answered before all else."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from groups.watching.context import bind, bind_known, bound
from smartersends.operation.addresses import OWN
from smartersends.operation.numbers import REQUEST_SECONDS, REQUESTS

log = logging.getLogger("smartersends.requests")

HEADER: Final = "X-Request-ID"
SHAPE: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class RequestMiddleware:
    """Takes the id that the proxy gave a request, else makes one, and answers with it; counts and logs the answer.

    Health is asked by address, without a host name, and over plain HTTP: it is answered here, before anything looks at
    either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (view := OWN.get(request.path_info)) is not None:
            answer = view(request)
            # Who asks every few seconds would fill the log with errors; what fails is logged where it is asked.
            answer._has_been_logged = True  # type: ignore[attr-defined]
            return answer
        began = time.perf_counter()
        request_id = _id_of(request)
        with bound(request=request_id):
            response = self.get_response(request)
            response.headers.setdefault(HEADER, request_id)
            self._note(request, response, time.perf_counter() - began)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, object]) -> None:
        """Binds the ids in the address, and the brand of the host name."""
        bind_known(kwargs)
        brand = getattr(request, "brand", None)
        if brand is not None:
            bind(brand=brand.slug)

    def _note(self, request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        match = request.resolver_match
        view = (match.view_name if match is not None else "") or "none"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(view=view, method=method, status=str(response.status_code)).inc()
        REQUEST_SECONDS.labels(view=view).observe(seconds)
        log.info(
            "request.answered view=%s method=%s status=%s milliseconds=%s",
            *(view, method, response.status_code, round(1000 * seconds)),
        )


def _id_of(request: HttpRequest) -> str:
    given = request.headers.get(HEADER, "")
    return given if SHAPE.fullmatch(given) else uuid.uuid4().hex
