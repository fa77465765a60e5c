"""Telling the people of the groups, and whoever approves; each notice once, however often the worker comes by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Answer, MailingState, Rollout, RolloutKind, RolloutPart, RolloutState
from campaigns.rollouts.belonging import is_open_for_groups
from campaigns.rollouts.kinds import CLOSING, GONE, SHOWN, WAITS
from groups.access import members_with
from groups.models import Group, Membership, User
from groups.notices.kinds import Kind
from groups.notices.services import tell
from groups.roles import Permission

AHEAD: Final = timedelta(hours=24)
WENT: Final = (MailingState.SENT, MailingState.SENT_WITH_OPEN_QUESTIONS)
_LIVE: Final = (RolloutState.SCHEDULED, RolloutState.ACTIVE, RolloutState.PAUSED)


def tell_some(rollout: Rollout, limit: int) -> int:
    """Tells the people of groups what is new to them, and gives of how many parts."""
    if rollout.was_shown_at is None:
        return 0
    told = 0
    if rollout.state in _LIVE:
        told += _tell(rollout, rollout.parts.filter(told_new_at=None), "told_new_at", SHOWN, limit)
    is_near = rollout.cut_off is not None and rollout.cut_off - AHEAD <= timezone.now()
    # Whoever was told of it less than a day before needs no second word.
    is_long = rollout.cut_off is not None and rollout.cut_off - AHEAD > rollout.was_shown_at
    if is_near and is_long and is_open_for_groups(rollout):
        near = rollout.parts.filter(told_cut_off_at=None).exclude(answer=Answer.OPTED_OUT)
        told += _tell(rollout, near, "told_cut_off_at", CLOSING, limit)
    return told + _tell(
        rollout, rollout.parts.filter(mailing__state__in=WENT, told_gone_at=None), "told_gone_at", GONE, limit
    )


def tell_approvers(rollout: Rollout, *, occasion: str) -> None:
    """Tells those who may approve for the rollout's group that it waits; whoever prepared it is not asked."""
    assert rollout.submitted_by is not None
    away = {rollout.created_by_id, rollout.submitted_by_id}
    people = [person for person in members_with(rollout.group, Permission.APPROVE_MAILINGS) if person.pk not in away]
    tell(
        people,
        WAITS,
        about=f"rollout:{rollout.pk}",
        occasion=occasion,
        path=reverse("campaigns:rollout-approval", args=[rollout.pk]),
        group=rollout.group,
        rollout=rollout.name,
        author=rollout.submitted_by.name,
    )


def _tell(rollout: Rollout, parts: QuerySet[RolloutPart], column: str, kind: Kind, limit: int) -> int:
    found = list(parts.select_related("group__brand", "mailing")[:limit])
    for part in found:
        with transaction.atomic():
            if not RolloutPart.objects.filter(pk=part.pk, **{column: None}).update(**{column: timezone.now()}):
                continue  # another worker was faster
            tell(
                _people_of(part.group),
                kind,
                about=f"part:{part.pk}",
                path=_page(rollout, part),
                group=part.group,
                rollout=rollout.name,
                group_name=part.group.name,
                is_offer=rollout.kind == RolloutKind.ASSET,
                until=_text(rollout.cut_off if rollout.kind == RolloutKind.TASK else rollout.ends_at),
                zone=part.group.time_zone,
            )
    return len(found)


def _people_of(group: Group) -> QuerySet[User]:
    """Gives who writes in a group by a role on itself: those above have rollouts of their own to look at."""
    here = Membership.objects.filter(Membership.live(), group=group).values("user")
    return members_with(group, Permission.EDIT_MAILINGS).filter(pk__in=here)


def _page(rollout: Rollout, part: RolloutPart) -> str:
    if rollout.kind == RolloutKind.ASSET or part.mailing_id is None:
        return reverse("campaigns:template-wall", args=[part.group_id])
    return reverse("campaigns:mailing-edit", args=[part.mailing_id])


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()
