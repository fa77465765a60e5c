"""The Celery application of the portal."""

from __future__ import annotations

import inspect
import os
import signal
from typing import Any, Final

from celery import Celery, Task
from celery.signals import before_task_publish, setup_logging, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartersends.settings")

REQUEST_HEADER: Final = "portal_request"


class PortalTask(Task):  # type: ignore[type-arg]  # it has arguments in its stubs alone
    """A task that tells trail and log what it is about, and does nothing while the portal is drained."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs the task. What it would have done stands in the rows, and is found once the portal goes on."""
        from groups.models import Origin
        from groups.trail.origins import acting_from
        from groups.upkeep.draining import is_draining
        from groups.watching.context import bind_known, bound

        if is_draining():
            return None
        ids = {"task": self.name, "task_id": self.request.id, "request": getattr(self.request, REQUEST_HEADER, None)}
        with acting_from(Origin.TASK, self.name), bound(**{name: one for name, one in ids.items() if one}):
            bind_known(inspect.signature(self.run).bind_partial(*args, **kwargs).arguments)
            return super().__call__(*args, **kwargs)


app = Celery("smartersends", task_cls=PortalTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "groups.workspace",
        "groups.audiences",
        "groups.consent",
        "groups.erasing",
        "groups.keeping",
        "groups.audiences.filters",
        "groups.audiences.segments",
        "groups.people",
        "groups.notices",
        "groups.api",
        "groups.retention",
        "groups.trail",
        "campaigns.delivery",
        "campaigns.testsend",
        "campaigns.review",
        "campaigns.rollouts",
        "campaigns.reports",
        "campaigns.webhooks",
    ]
)


@before_task_publish.connect(weak=False)
def name_the_request(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Tells a task which request it comes from, so that the lines of both can be read together."""
    from groups.watching.context import about

    if headers is not None and (request := about().get("request")):
        headers[REQUEST_HEADER] = request


@setup_logging.connect(weak=False)
def log_as_the_portal(**chosen: Any) -> None:
    """Lets worker and clock log as the portal does."""
    from smartersends.operation.logs import set_up_celery

    set_up_celery(**chosen)


@worker_init.connect(weak=False)
def be_watched(**_: Any) -> None:
    """Lets the worker give signs of life, which `/progressz` reads, and its numbers."""
    from smartersends.operation import heartbeats  # noqa: F401  # its signal receivers register themselves
    from smartersends.operation.numbers import serve_worker

    serve_worker()


@worker_process_init.connect(weak=False)
def leave_the_end_to_the_worker(**_: Any) -> None:
    """Lets a pool process finish what it has in hand when a whole process group is asked to end.

    Without this the pool dies at once, and the worker waits for it for ever instead of shutting down.
    """
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
