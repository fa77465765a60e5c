"""Pausing, resuming and cancelling a rollout (catalogue M20); the worker carries it out, part by part."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.errors import NotAllowed, Refusal
from campaigns.models import Rollout, RolloutState
from campaigns.rollouts import nudges
from campaigns.rollouts.services import hide_drafts
from campaigns.states import move_rollout
from groups.access import may
from groups.audit import record
from groups.models import User
from groups.roles import Permission

REASON_CHARACTERS: Final = 300


def pause(*, rollout: Rollout, actor: User) -> Rollout:
    """Holds a rollout: nothing more of it starts, what is staged is called back, and approvals stay.

    Raises `NotAllowed` and `StaleState`.
    """
    _demand(actor, rollout)
    with transaction.atomic():
        move_rollout(rollout, RolloutState.PAUSED, spoken_by=actor)
        record("rollout.paused", actor=actor, group=rollout.group, target=rollout)
        nudges.work(rollout.pk)
    return rollout


def resume(*, rollout: Rollout, actor: User) -> Rollout:
    """Lets a paused rollout go on where it stood; a mailing whose time has passed meanwhile waits for a decision.

    Raises `NotAllowed` and `StaleState`.
    """
    _demand(actor, rollout)
    with transaction.atomic():
        has_begun = rollout.starts_at is not None and rollout.starts_at <= timezone.now()
        to = RolloutState.ACTIVE if has_begun else RolloutState.SCHEDULED
        move_rollout(rollout, to, start={RolloutState.PAUSED}, spoken_by=actor)
        record("rollout.resumed", actor=actor, group=rollout.group, target=rollout)
        nudges.work(rollout.pk)
    return rollout


def cancel(*, rollout: Rollout, reason: str, actor: User) -> Rollout:
    """Ends a rollout for good: every part that has not gone out is withdrawn. What could not be is named at the part.

    Raises `NotAllowed`, `StaleState`, and `Refusal` without a reason: the groups read it.
    """
    _demand(actor, rollout)
    reason = " ".join(reason.split())[:REASON_CHARACTERS]
    if not reason:
        raise Refusal(_("Say why it is cancelled. The groups read it."))
    with transaction.atomic():
        move_rollout(rollout, RolloutState.CANCELLED, spoken_by=actor, state_reason=reason)
        hide_drafts(rollout)
        record("rollout.cancelled", actor=actor, group=rollout.group, target=rollout, reason=reason)
        nudges.work(rollout.pk)
    return rollout


def _demand(actor: User, rollout: Rollout) -> None:
    if not may(actor, Permission.STOP_MAILINGS, rollout.group):
        raise NotAllowed(_("You may not stop mailings of this group."))
