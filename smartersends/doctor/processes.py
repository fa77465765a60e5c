"""Worker and clock: whether they give signs of life, and whether the work goes on."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from redis import RedisError

from campaigns.operation.waiting import oldest_due_batch_seconds, oldest_unswept_seconds
from smartersends.doctor.finding import Finding, fine, wrong
from smartersends.operation.heartbeats import heartbeats


def look_at_processes() -> Iterator[Finding]:
    """Looks at the age of each sign of life."""
    try:
        signs = heartbeats()
    except (RedisError, OSError) as error:
        yield wrong(f"Signs of life cannot be read ({type(error).__name__}).", "Look at REDIS_URL.")
        return
    if not signs.workers:
        yield wrong(
            "No worker gives a sign of life: nothing is planned, handed over or imported.",
            "Start one: `celery -A smartersends worker`, with the same settings as the portal.",
        )
    for name, age in signs.workers.items():
        if age > settings.PROGRESS_WORKER_SECONDS:
            yield wrong(
                f"The worker {name} was last heard of {age:.0f} s ago.",
                "Start it again. Whatever it had in hand is found by its lease, and nothing is sent twice.",
            )
        else:
            yield fine(f"The worker {name} lives.")
    if signs.beat is None or signs.beat > settings.PROGRESS_BEAT_SECONDS:
        ago = "never" if signs.beat is None else f"{signs.beat:.0f} s ago"
        yield wrong(
            f"The clock was last heard of: {ago}. Without it no mailing starts at its time.",
            "Start one, and only one: `celery -A smartersends beat`.",
        )
    else:
        yield fine("The clock lives.")


def look_at_work() -> Iterator[Finding]:
    """Looks whether something waits for longer than it should."""
    now = timezone.now()
    for what, seconds, limit in (
        ("A batch that could leave", oldest_due_batch_seconds(now), settings.PROGRESS_BATCH_SECONDS),
        ("Something that the sweep should find", oldest_unswept_seconds(now), settings.PROGRESS_SWEEP_SECONDS),
    ):
        if seconds > limit:
            yield wrong(
                f"{what} has been waiting for {seconds:.0f} s.",
                "Look at the workers' log, and at what is left of Braze's budget (docs/operations.md).",
            )
        else:
            yield fine(f"{what} is not kept waiting.")
