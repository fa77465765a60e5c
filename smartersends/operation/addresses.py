"""The addresses that are answered whatever the host name: `RequestMiddleware` answers them before all else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from smartersends.operation import health, numbers

NAMED: Final[dict[str, tuple[str, Callable[[HttpRequest], HttpResponse]]]] = {
    "healthz": ("health-alive", health.healthz),
    "readyz": ("health-ready", health.readyz),
    "progressz": ("health-progress", health.progressz),
    "metrics": ("metrics", numbers.metrics),
}
OWN: Final = {f"/{path}": view for path, (_name, view) in NAMED.items()}
