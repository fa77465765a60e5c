"""The Celery application of the portal."""

from __future__ import annotations

import os
import signal
from typing import Any

from celery import Celery, Task
from celery.signals import worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")


class PortalTask(Task):  # type: ignore[type-arg]  # it has arguments in its stubs alone
    """A task that tells the audit trail its name, whoever runs it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the task."""
        from groups.models import Origin
        from groups.trail.origins import acting_from

        with acting_from(Origin.TASK, self.name):
            return super().__call__(*args, **kwargs)


app = Celery("smartersends", task_cls=PortalTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "groups.workspace",
        "groups.audiences",
        "groups.consent",
        "groups.erasing",
        "groups.audiences.filters",
        "groups.audiences.segments",
        "groups.people",
        "groups.notices",
        "groups.api",
        "groups.trail",
        "campaigns.delivery",
        "campaigns.testsend",
        "campaigns.review",
        "campaigns.rollouts",
        "campaigns.reports",
        "campaigns.webhooks",
    ]
)


@worker_init.connect(weak=False)
def listen_for_heartbeats(**_: Any) -> None:
    """Lets the worker note its finished tasks, which `/health/ready` reads as its heartbeat."""
    from smartersends import health  # noqa: F401  # its signal receivers register themselves


@worker_process_init.connect(weak=False)
def leave_the_end_to_the_worker(**_: Any) -> None:
    """Lets a pool process finish what it has in hand when a whole process group is asked to end.

    Without this the pool dies at once, and the worker waits for it for ever instead of shutting down.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
