"""What the clock does to rollouts: groups see them, the cut-off comes, they begin, and in the end they are complete."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from campaigns.delivery.control import ON_ITS_WAY
from campaigns.errors import StaleState
from campaigns.models import Rollout, RolloutKind, RolloutState
from campaigns.rollouts import nudges
from campaigns.rollouts.services import hide_drafts, undecided_parts
from campaigns.rollouts.telling import tell_approvers
from campaigns.states import UNDECIDED, move_rollout
from groups.audit import record

LIVE: Final = (RolloutState.SCHEDULED, RolloutState.ACTIVE, RolloutState.PAUSED)
# A draft that nobody touches needs no worker; its parts were made when its groups were chosen.
FRESH: Final = timedelta(hours=1)
ClockAction = Literal["rollout.shown", "rollout.closed"]


def sweep() -> None:
    """Does what the clock asks for, and nudges the workers. Twice at once changes nothing: each step is conditional."""
    now = timezone.now()
    for rollout in Rollout.objects.filter(state__in=LIVE).select_related("group__brand", "submitted_by", "created_by"):
        _show(rollout, now)
        _close(rollout, now)
        _begin(rollout, now)
        _complete(rollout, now)
        _remind(rollout, now)
    unmade = Q(state=RolloutState.DRAFT) & (Q(parts__mailing=None, parts__isnull=False) | Q(updated_at__gt=now - FRESH))
    ending = Q(state=RolloutState.CANCELLED, parts__mailing__state__in=(*UNDECIDED, *ON_ITS_WAY))
    lagging = Q(parts__mailing__state__in=("sent", "sent_open"), parts__told_gone_at=None, state=RolloutState.COMPLETED)
    with transaction.atomic():
        due = Rollout.objects.filter(Q(state__in=LIVE) | unmade | ending | lagging).order_by()
        for pk in due.values_list("pk", flat=True).distinct():
            nudges.work(pk)


def show_due(rollout: Rollout) -> None:
    """Lets groups see a rollout whose time to be seen has come."""
    _show(rollout, timezone.now())


def _show(rollout: Rollout, now: datetime) -> None:
    if rollout.was_shown_at is None and rollout.visible_from is not None and rollout.visible_from <= now:
        _once(rollout, "rollout.shown", {"was_shown_at": None}, was_shown_at=now)


def _close(rollout: Rollout, now: datetime) -> None:
    """Acts on the cut-off: nothing is in a group's hand any more, and what stands there is submitted."""
    is_due = rollout.closed_at is None and rollout.cut_off is not None and rollout.cut_off <= now
    if is_due and _once(rollout, "rollout.closed", {"closed_at": None}, closed_at=now):
        rollout.parts.filter(is_in_hand=True).update(is_in_hand=False, tried_revision=None)


def _begin(rollout: Rollout, now: datetime) -> None:
    first = rollout.starts_at
    if rollout.kind == RolloutKind.TASK:
        first = rollout.parts.aggregate(first=Min("mailing__send_at"))["first"] or first
    if rollout.state == RolloutState.SCHEDULED and first is not None and first <= now:
        _moved(rollout, RolloutState.ACTIVE)


def _complete(rollout: Rollout, now: datetime) -> None:
    """Completes an offer when its window is over, and a task when its last time has come and nothing of it moves."""
    if rollout.state != RolloutState.ACTIVE:
        return
    if rollout.kind == RolloutKind.ASSET:
        is_over = rollout.ends_at is not None and rollout.ends_at <= now
    else:
        last = rollout.parts.aggregate(last=Max("mailing__send_at"))["last"] or rollout.starts_at
        is_moving = rollout.parts.filter(Q(mailing__state__in=(*UNDECIDED, *ON_ITS_WAY)) | Q(pending__isnull=False))
        is_over = last is not None and last <= now and not is_moving.exists()
    if is_over and _moved(rollout, RolloutState.COMPLETED):
        hide_drafts(rollout)


def _remind(rollout: Rollout, now: datetime) -> None:
    """Reminds whoever approves, once, a day before the first mailing goes out."""
    ahead = timedelta(hours=settings.APPROVAL_REMINDER_HOURS)
    if rollout.submitted_at is None or rollout.submitted_by is None or rollout.starts_at is None:
        return
    if rollout.starts_at - ahead <= now < rollout.starts_at and undecided_parts(rollout).exists():
        tell_approvers(rollout, occasion=f"reminder:{rollout.starts_at.isoformat()}")


def _moved(rollout: Rollout, to: RolloutState) -> bool:
    try:
        with transaction.atomic():
            move_rollout(rollout, to)
            record("rollout.moved_on", actor=None, group=rollout.group, target=rollout, state=str(to))
    except StaleState:
        return False
    return True


def _once(rollout: Rollout, action: ClockAction, standing: dict[str, Any], **changes: Any) -> bool:
    """Writes columns where they are still empty, with an event; tells whether it was this sweep that did."""
    with transaction.atomic():
        if not Rollout.objects.filter(pk=rollout.pk, state__in=LIVE, **standing).update(**changes):
            return False
        rollout.refresh_from_db()
        record(action, actor=None, group=rollout.group, target=rollout)
    return True
