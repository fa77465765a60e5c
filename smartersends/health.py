"""Whether the portal lives and can work: for load balancers and operators."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from celery.signals import task_success
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from smartersends.celery import app

logger = logging.getLogger(__name__)

_HEARTBEAT = "worker-heartbeat"
_HEARTBEAT_KEPT_SECONDS = 24 * 60 * 60
_BROKER_TIMEOUT_SECONDS = 2


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Tells that the process answers; asks nothing else, so that a database restart kills no portal."""
    return JsonResponse({"status": "live"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Tells whether database and broker answer (503 where one does not), and when a worker last finished a task.

    `worker_heartbeat_seconds` is the age, or null where no worker has finished anything for a day. An old heartbeat
    leaves the portal ready: people can work, and what they send waits in the database.
    """
    checks = {"database": _answers("database", _ask_database), "broker": _answers("broker", _ask_broker)}
    seen = cache.get(_HEARTBEAT)
    is_ready = all(checks.values())
    return JsonResponse(
        {
            "status": "ready" if is_ready else "not ready",
            **{name: "ok" if is_ok else "does not answer" for name, is_ok in checks.items()},
            "worker_heartbeat_seconds": None if seen is None else max(0, round(time.time() - float(seen), 1)),
        },
        status=200 if is_ready else 503,
    )


@task_success.connect(dispatch_uid="smartersends-heartbeat")
def record_heartbeat(**_: Any) -> None:
    """Notes that a worker has finished a task; the sweeps run every few seconds, so an old note means no worker."""
    cache.set(_HEARTBEAT, time.time(), _HEARTBEAT_KEPT_SECONDS)


def _answers(name: str, ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (DatabaseError, OperationalError, OSError) as error:
        logger.warning("The %s does not answer: %s", name, type(error).__name__)
        return False
    return True


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=_BROKER_TIMEOUT_SECONDS)
