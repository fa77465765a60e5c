"""Running the portal: how it logs, who may read its numbers, when it counts as stuck, where errors are reported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smartersends.settings.environment import PRODUCTION, env

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
# `line` is for people, `json` for what collects logs: one object a line.
LOG_FORMAT = env.str("LOG_FORMAT", default="line")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"context": {"()": "smartersends.operation.logs.ContextFilter"}},
    "formatters": {
        "line": {"()": "smartersends.operation.logs.LineFormatter"},
        "json": {"()": "smartersends.operation.logs.JsonFormatter"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "json" if LOG_FORMAT == "json" else "line",
            "filters": ["context"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Both would log every call to Braze with its address.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # Each answer with its view and time; a person at a terminal would see nothing else.
        "smartersends.requests": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        # Says with the whole path, which may be somebody's own, what the line of the request says with the view.
        "django.request": {"level": "ERROR" if LOG_FORMAT == "json" else "WARNING"},
    },
}

# Whoever has the token, and programs that ask directly from these networks, may read `/metrics` and `/progressz`.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=[] if PRODUCTION else ["127.0.0.0/8", "::1/128"])
# Where a worker answers with its own numbers; 0 is nowhere.
METRICS_PORT = env.int("METRICS_PORT", default=0)
# Where the processes of one program add up their numbers; prometheus_client reads the name by itself.
METRICS_FOLDER = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
if METRICS_FOLDER:
    Path(METRICS_FOLDER).mkdir(parents=True, exist_ok=True)

# Worker and clock touch this file while they live, for a container's own check.
HEARTBEAT_FILE = env.str("HEARTBEAT_FILE", default="")
PROGRESS_BATCH_SECONDS = env.int("PROGRESS_BATCH_SECONDS", default=300)
PROGRESS_SWEEP_SECONDS = env.int("PROGRESS_SWEEP_SECONDS", default=180)
PROGRESS_WORKER_SECONDS = env.int("PROGRESS_WORKER_SECONDS", default=60)
PROGRESS_BEAT_SECONDS = env.int("PROGRESS_BEAT_SECONDS", default=120)
PROGRESS_BUDGET_PERCENT = env.float("PROGRESS_BUDGET_PERCENT", default=1.0)

SENTRY_DSN = env.str("SENTRY_DSN", default="")
SENTRY_ENVIRONMENT = env.str("SENTRY_ENVIRONMENT", default="production" if PRODUCTION else "development")
