"""Celery: which broker carries the nudges, and what the clock sweeps."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from smartersends.settings.database import REDIS_URL
from smartersends.settings.environment import DATA_DIR, env

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "filesystem://localhost//")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# How old the sums of reports may be, in minutes.
ROLL_UP_EVERY_MINUTES = env.int("ROLL_UP_EVERY_MINUTES", default=60)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "smartersends.operation.clock:Clock"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_TIMEZONE = "UTC"

CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if CELERY_BROKER_URL.startswith("filesystem"):
    _folder = DATA_DIR / "broker"
    for _name in ("messages", "control"):
        (_folder / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "smartersends.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_folder / "messages"),
        "data_folder_out": str(_folder / "messages"),
        "control_folder": str(_folder / "control"),
        "polling_interval": 0.2,
    }
    CELERY_WORKER_PREFETCH_MULTIPLIER = 4
else:
    # Far above any task's time limit, so that a message comes back only when its worker is gone.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600}
    CELERY_WORKER_PREFETCH_MULTIPLIER = 1


def _every(task: str, seconds: float) -> dict[str, Any]:
    """Gives a beat entry whose message expires when the next one is due, so that a slow worker builds no heap."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "sweep-deliveries": _every("campaigns.delivery.sweep", env.float("SWEEP_SECONDS", default=10.0)),
    "sweep-tests": _every("campaigns.testsend.sweep", env.float("SWEEP_SECONDS", default=10.0)),
    "sweep-audiences": _every("groups.audiences.sweep", env.float("SWEEP_SECONDS", default=10.0)),
    "read-suppressions": _every("groups.consent.read", env.float("CONSENT_SECONDS", default=900.0)),
    "sweep-erasures": _every("groups.erasing.sweep", env.float("SWEEP_SECONDS", default=10.0)),
    "sweep-forgetting": _every("groups.keeping.sweep", env.float("SWEEP_SECONDS", default=10.0)),
    "tend-filters": _every("groups.audiences.filters.tend", 300.0),
    "read-segments": {"task": "groups.audiences.segments.read_all", "schedule": crontab(hour="*/6", minute="41")},
    "mail-invitations": _every("groups.people.mail_invitations", 60.0),
    "mail-notices": _every("groups.notices.mail_due", 30.0),
    "tidy-notices": {"task": "groups.notices.tidy", "schedule": crontab(hour="3", minute="17")},
    "apply-retention": {"task": "groups.retention.apply", "schedule": crontab(hour="2", minute="23")},
    "sweep-reviews": _every("campaigns.review.sweep", 60.0),
    "sweep-rollouts": _every("campaigns.rollouts.sweep", 2 * env.float("SWEEP_SECONDS", default=10.0)),
    "tidy-calls": {"task": "groups.api.tidy", "schedule": crontab(hour="3", minute="27")},
    "sweep-webhooks": _every("campaigns.webhooks.sweep", env.float("SWEEP_SECONDS", default=10.0)),
    "tidy-webhooks": {"task": "campaigns.webhooks.tidy", "schedule": crontab(hour="3", minute="37")},
    "seal-events": _every("groups.trail.seal", 60.0),
    "collect-reports": _every("campaigns.reports.collect", env.float("REPORT_SECONDS", default=60.0)),
    "roll-up-reports": _every("campaigns.reports.roll_up", env.float("ROLL_UP_SECONDS", default=300.0)),
}
