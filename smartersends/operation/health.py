"""Whether the portal lives, can work, and gets on with it: for load balancers and operators."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from smartersends.celery import app
from smartersends.operation.gate import is_open, may_read
from smartersends.operation.progress import Measure, measures

logger = logging.getLogger(__name__)

_BROKER_TIMEOUT_SECONDS = 2
_migrated: set[str] = set()


class NotMigrated(Exception):
    """The database lacks migrations of this code."""


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Tells that the process answers; asks nothing else, so that a database restart kills no portal."""
    return JsonResponse({"status": "alive"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Tells whether database and broker answer and all migrations are applied; 503 where one does not hold."""
    checks = {
        "database": _holds("database", ask_database),
        "migrations": _holds("migrations", ask_migrations),
        "broker": _holds("broker", ask_broker),
    }
    is_ready = all(checks.values())
    return JsonResponse(
        {"status": "ready" if is_ready else "not ready", **{name: _word(name, ok) for name, ok in checks.items()}},
        status=200 if is_ready else 503,
    )


@require_safe
@never_cache
def progressz(request: HttpRequest) -> HttpResponse:
    """Tells whether the work goes on, 503 where a threshold is passed; for those who may read the numbers."""
    if not is_open() or not may_read(request.META):
        return HttpResponse(status=404)
    found = measures(timezone.now())
    is_moving = all(measure.is_fine for measure in found)
    return JsonResponse(
        {"status": "moving" if is_moving else "stuck", "measures": [_told(measure) for measure in found]},
        status=200 if is_moving else 503,
    )


def ask_database() -> None:
    """Asks the database for an answer; raises `DatabaseError`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def ask_migrations() -> None:
    """Looks whether the database has all migrations of this code; raises `NotMigrated` or `DatabaseError`.

    What was applied once stays so for the life of a process, and is not looked up again.
    """
    name = str(connection.settings_dict["NAME"])
    if name in _migrated:
        return
    if missing := missing_migrations():
        raise NotMigrated(missing[0])
    _migrated.add(name)


def missing_migrations() -> list[str]:
    """Gives the migrations that the database lacks, in order; raises `DatabaseError`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def ask_broker() -> None:
    """Asks the broker for a connection; raises `OperationalError` or `OSError`."""
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=_BROKER_TIMEOUT_SECONDS)


def _holds(name: str, ask: Callable[[], None]) -> bool:
    try:
        ask()
    except (DatabaseError, OperationalError, OSError, NotMigrated) as error:
        logger.warning("health.fails part=%s error=%s", name, type(error).__name__)
        return False
    return True


def _word(name: str, is_ok: bool) -> str:
    if is_ok:
        return "ok"
    return "not all applied" if name == "migrations" else "does not answer"


def _told(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.name,
        "value": measure.value,
        "limit": measure.limit,
        "unit": measure.unit,
        "status": "ok" if measure.is_fine else "passed",
    }
