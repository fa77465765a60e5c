"""Rollouts in every state that an act begins at: of a group itself, and of head office with a part of the group."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Mailing, Rollout, RolloutKind, RolloutPart, RolloutState
from campaigns.review.services import submit
from campaigns.rollouts.approving import Matrix
from groups.models import Audience, Group, User
from tests.builders import root_group
from tests.campaigns.builders import a_mailing

DAY = timedelta(days=1)


def rollouts_of(group: Group, author: User, audience: Audience, manager: User) -> dict[str, Any]:
    """Gives the things of the room by the names of the rows."""
    draft = _one(group, group, author, audience, RolloutState.DRAFT)
    scheduled = _one(group, group, author, audience, RolloutState.SCHEDULED)
    paused = _one(group, group, author, audience, RolloutState.PAUSED)
    submitted = _one(group, group, author, audience, RolloutState.SCHEDULED)
    Rollout.objects.filter(pk=submitted.rollout_id).update(submitted_at=timezone.now(), submitted_by=author)
    review = submit(mailing=Mailing.objects.get(pk=submitted.mailing_id), actor=author, is_told=False)
    above = _one(root_group(group.brand), group, manager, audience, RolloutState.SCHEDULED)
    offer = _one(root_group(group.brand), group, manager, audience, RolloutState.ACTIVE, kind=RolloutKind.ASSET)
    return {
        "draft_rollout": draft.rollout_id,
        "scheduled_rollout": scheduled.rollout_id,
        "paused_rollout": paused.rollout_id,
        "submitted_rollout": submitted.rollout_id,
        "matrix_digest": Matrix(((submitted.pk, review.digest),)).digest,
        "rollout_part": draft.pk,
        "part_mailing": above.mailing_id,
        "offer": offer.rollout_id,
        "grid_line": f"{group.code}\tFilled",
        "child_id": (group.children.first() or group).pk,
    }


def _one(
    above: Group,
    group: Group,
    author: User,
    audience: Audience,
    state: RolloutState,
    *,
    kind: RolloutKind = RolloutKind.TASK,
) -> RolloutPart:
    now = timezone.now()
    pattern = a_mailing(group=above, author=author, audience=audience)
    is_task = kind == RolloutKind.TASK
    rollout = Rollout.objects.create(
        group=above,
        kind=kind,
        name=f"Rollout of {group.code}",
        pattern=pattern,
        state=state,
        open_fields=["headline"],
        audience_name=audience.name,
        visible_from=now - DAY,
        was_shown_at=None if state == RolloutState.DRAFT else now - DAY,
        cut_off=now + 2 * DAY if is_task else None,
        starts_at=now + 3 * DAY if is_task else now - DAY,
        ends_at=None if is_task else now + 5 * DAY,
        created_by=author,
    )
    Mailing.objects.filter(pk=pattern.pk).update(rollout=rollout)
    mailing = None
    if is_task:
        mailing = a_mailing(group=group, author=author, audience=audience, send_at=rollout.starts_at)
        Mailing.objects.filter(pk=mailing.pk).update(rollout=rollout)
    return RolloutPart.objects.create(
        rollout=rollout, group=group, mailing=mailing, applied_revision=0, applied_setup=0, checked_revision=0
    )
