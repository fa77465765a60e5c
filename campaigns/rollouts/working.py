"""The worker: brings every part of a rollout to where the rollout wants it, some at a time.

Each step finds in the rows which parts lag behind and moves them by conditional updates, so that a worker that is
killed, late or doubled leaves nothing that the next one does not find.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import Final

from django.db.models import Q
from django.utils import timezone

from campaigns.models import Mailing, Rollout, RolloutState
from campaigns.rollouts.calling_back import call_back_some, end_some, hold_some, resume_some
from campaigns.rollouts.checking import check_some
from campaigns.rollouts.letting_go import approve_some, submit_some
from campaigns.rollouts.making import follow_some, make_some
from campaigns.rollouts.telling import tell_some

# Longer than any one step takes; a worker that was killed holds a rollout up for so long.
LEASE_SECONDS: Final = 120
AT_A_TIME: Final = 50
Step = Callable[[Rollout, int], int]


def show_some(rollout: Rollout, limit: int) -> int:
    """Lets groups see the parts that were made since the rollout was shown, and gives how many."""
    if rollout.was_shown_at is None or rollout.state not in SHOWING:
        return 0
    hidden = Mailing.everything.filter(rollout_part__rollout=rollout, is_held_back=True).values("pk")
    return Mailing.everything.filter(pk__in=hidden).update(is_held_back=False)


SHOWING: Final = (RolloutState.SCHEDULED, RolloutState.PAUSED, RolloutState.ACTIVE)
# In this order: what is to stop comes first, and what is made or changed is checked before it is submitted.
STEPS: Final[tuple[Step, ...]] = (
    end_some,
    hold_some,
    call_back_some,
    make_some,
    show_some,
    follow_some,
    check_some,
    submit_some,
    approve_some,
    resume_some,
    tell_some,
)


def work(rollout_id: uuid.UUID | str, *, limit_seconds: float) -> bool:
    """Works on a rollout for about so long, and tells whether there is more to do.

    Another worker that holds it does the work; then there is nothing more to do here.
    """
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    leased = Rollout.objects.filter(free, pk=rollout_id)
    if not leased.update(lease_until=now + timedelta(seconds=LEASE_SECONDS)):
        return False
    try:
        return _work(rollout_id, monotonic() + limit_seconds)
    finally:
        Rollout.objects.filter(pk=rollout_id).update(lease_until=None)


def _work(rollout_id: uuid.UUID | str, until: float) -> bool:
    """Takes the steps in turn until none finds anything; what they read of the rollout is read anew each time."""
    while True:
        done = 0
        for step in STEPS:
            rollout = Rollout.objects.select_related("group__brand", "created_by", "submitted_by", "spoken_by").get(
                pk=rollout_id
            )
            done += step(rollout, AT_A_TIME)
            if monotonic() >= until:
                return True
        if not done:
            return False
