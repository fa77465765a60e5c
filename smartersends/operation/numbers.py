"""The portal's numbers for Prometheus: what a process counts itself, and what stands in the rows at that moment.

Counters of the processes of one program meet in a folder of its own (`PROMETHEUS_MULTIPROC_DIR`); the portal gives
those of its own processes and what all share, each worker gives its own at `METRICS_PORT`. See decision 0014.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from groups.watching import calls  # noqa: F401  # counted from the first scrape on
from smartersends.operation.gate import is_open, may_read

log = logging.getLogger(__name__)

REQUESTS: Final = Counter(
    "smartersends_requests_total", "Answered requests by view, method and status.", ["view", "method", "status"]
)
REQUEST_SECONDS: Final = Histogram(
    "smartersends_request_seconds",
    "How long answers took, by view.",
    ["view"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Gives the numbers as Prometheus reads them; whoever may not read them finds nothing here."""
    if not is_open() or not may_read(request.META):
        return HttpResponse(status=404)
    from smartersends.operation.standing import Standing

    shared = CollectorRegistry()
    shared.register(Standing())
    return HttpResponse(counted() + generate_latest(shared), content_type=CONTENT_TYPE_LATEST)


def counted() -> bytes:
    """Gives what the processes of this program have counted."""
    if not settings.METRICS_FOLDER:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def serve_worker() -> None:
    """Answers at `METRICS_PORT` with what this worker and its pool have counted, in a thread of its own."""
    if not settings.METRICS_PORT:
        return
    server = make_server("", settings.METRICS_PORT, _worker_page, handler_class=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True, name="metrics").start()
    log.info("metrics.served port=%s", settings.METRICS_PORT)


def _worker_page(environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ.get("PATH_INFO") != "/metrics" or not may_read(environ):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
    return [counted()]


class _Quiet(WSGIRequestHandler):
    """Writes no line for each scrape, and looks up no name for its address."""

    def log_message(self, format: str, *args: Any) -> None:
        """Writes nothing."""
