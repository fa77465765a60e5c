"""The portal's settings for a benchmark: what its processes say to each other reaches no other installation."""

from __future__ import annotations

from smartersends.settings import *  # noqa: F403  # as a settings module does
from smartersends.settings.environment import env
from smartersends.settings.operation import LOGGING

CELERY_TASK_DEFAULT_QUEUE = env.str("BENCH_QUEUE", default="bench")
LOGGING = LOGGING | {"root": {"handlers": ["console"], "level": "ERROR"}}
