"""Real Celery workers of a benchmark, on the broker of the column that is measured."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.utils import timezone

from campaigns.models import Batch, Delivery

PORTAL: Final = "smartersends"
_PATIENCE_SECONDS: Final = 120.0


@contextmanager
def running(app: str, queue: str, *more: str) -> Iterator[None]:
    """Runs a worker of an app until the end of the block."""
    command = [sys.executable, "-m", "celery", "--app", app, "worker", "--queues", queue, "--loglevel", "ERROR", *more]
    command += ["--without-gossip", "--without-mingle"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()


def plain_tasks_a_second(delivery: Delivery, number: int) -> float:
    """Gives how many batches of a delivery one plain task each hands over in a second, by one process."""
    from bench.delivery.baseline import app, post

    batches = list(Batch.objects.filter(delivery=delivery).order_by("number").values_list("pk", flat=True)[:number])
    began = timezone.now()
    for batch in batches:
        post.delay(batch)
    answered = Batch.objects.filter(pk__in=batches, answered_at__gt=began).order_by("answered_at")
    with running("bench.delivery.baseline", app.conf.task_default_queue, "--concurrency", "1"):
        ends_at = time.monotonic() + _PATIENCE_SECONDS
        while answered.count() < len(batches) and time.monotonic() < ends_at:
            time.sleep(0.2)
    moments = [moment for moment in answered.values_list("answered_at", flat=True) if moment is not None]
    if len(moments) < 2:
        raise RuntimeError("The plain tasks did nothing.")
    return (len(moments) - 1) / ((moments[-1] - moments[0]) / timedelta(seconds=1))


def portal_queue() -> str:
    """Gives the queue of the portal's own tasks in this run."""
    return os.environ["BENCH_QUEUE"]
