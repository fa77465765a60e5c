"""Background work of rollouts."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from campaigns.models import Rollout
from campaigns.rollouts import nudges
from campaigns.rollouts.sweeping import sweep as run_sweep
from campaigns.rollouts.working import work as run_work

# A rollout of thousands takes turns with everything else.
WORK_SECONDS = 5.0


@shared_task(name="campaigns.rollouts.work")
def work(rollout_id: str) -> None:
    """Works on a rollout. Twice or late is harmless: a lease lets one worker in, and each step finds its own work."""
    rollout = Rollout.objects.filter(pk=rollout_id).first()
    if rollout is not None and run_work(rollout.pk, limit_seconds=WORK_SECONDS):
        with transaction.atomic():
            nudges.work(rollout.pk)


@shared_task(name="campaigns.rollouts.sweep")
def sweep() -> None:
    """Acts on the clock. Twice, late or never is harmless: what was missed is found in the rows the next time."""
    run_sweep()
