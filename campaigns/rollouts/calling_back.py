"""Calling parts back: to draft when the rollout is taken back, for good when it is cancelled, or while it pauses."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.delivery import nudges, outcomes
from campaigns.delivery.control import ON_ITS_WAY, bring_back
from campaigns.delivery.decisions import resume
from campaigns.delivery.ending import end
from campaigns.delivery.settling import begin_withdrawal
from campaigns.errors import Refusal, StaleState
from campaigns.models import (
    DeliveryState,
    Mailing,
    MailingState,
    PauseCause,
    ReviewState,
    Rollout,
    RolloutPart,
    RolloutState,
    Route,
)
from campaigns.review.notices import put_away_questions
from campaigns.review.services import close
from campaigns.rollouts.belonging import CHANGEABLE
from campaigns.rollouts.services import hide_drafts
from campaigns.states import UNDECIDED, UNDER_WAY, lock_delivery, lock_mailing, move_mailing
from groups.audit import record
from groups.models import User

_KNOWN = ("mailing__group__brand", "mailing__version__template", "mailing__rollout__group")
_LEFT_TO_BRAZE = {"mailing__state": MailingState.SENDING, "mailing__route": Route.SCHEDULE}


def call_back(mailing: Mailing, actor: User, *, reason: str) -> None:
    """Takes a part back to draft: out of review, or out of Braze, its approval void.

    Raises `StaleState` when it is a draft or gone already, and `Refusal` once it is too late.
    """
    with transaction.atomic():
        lock_mailing(mailing)
        if mailing.state not in UNDECIDED:
            bring_back(mailing=mailing, actor=actor, reason=reason)
            return
        review = mailing.reviews.filter(state=ReviewState.OPEN).first()
        if review is not None:
            close(review, ReviewState.TAKEN_BACK, actor)
            put_away_questions(review)
        move_mailing(mailing, MailingState.DRAFT, start=UNDECIDED, state_reason=reason[:500])
        record("mailing.taken_back", actor=actor, group=mailing.group, target=mailing)


def call_back_some(rollout: Rollout, limit: int) -> int:
    """Takes parts back to draft whose rollout is not submitted any more, and gives how many."""
    if rollout.submitted_at is not None or rollout.state not in CHANGEABLE or rollout.spoken_by is None:
        return 0
    person = rollout.spoken_by
    told = _("%(name)s took the rollout back.") % {"name": person}
    return sum(
        _tried(part, lambda mailing: call_back(mailing, person, reason=told)) for part in _moving(rollout)[:limit]
    )


def end_some(rollout: Rollout, limit: int) -> int:
    """Ends the parts of a rollout that is cancelled, and gives how many; what has gone out stays."""
    if rollout.state != RolloutState.CANCELLED:
        return 0
    told = _("%(name)s cancelled the rollout. %(reason)s") % {"name": rollout.spoken_by, "reason": rollout.state_reason}
    parts = list(_moving(rollout).exclude(**_LEFT_TO_BRAZE)[:limit])
    for part in parts:
        assert part.mailing is not None
        outcome = end(part.mailing, told.strip(), action="mailing.rollout_cancelled", actor=rollout.spoken_by)
        RolloutPart.objects.filter(pk=part.pk).update(pending=None, problem=outcome.outcome[:500])
    if parts:
        hide_drafts(rollout)
    return len(parts)


def hold_some(rollout: Rollout, limit: int) -> int:
    """Holds the deliveries of a rollout that is paused, and gives how many; approvals stay.

    What is staged is called back from Braze, and its mailing stays scheduled; what goes out call by call is paused.
    What Braze is sending, or is about to, cannot be held: the part says so.
    """
    if rollout.state != RolloutState.PAUSED:
        return 0
    under_way = [state for state in UNDER_WAY if state not in (DeliveryState.WITHDRAWING, DeliveryState.PAUSED)]
    parts = rollout.parts.filter(mailing__deliveries__state__in=under_way).exclude(**_LEFT_TO_BRAZE)
    return sum(_tried(part, lambda mailing: _hold(mailing, rollout)) for part in parts.select_related(*_KNOWN)[:limit])


def resume_some(rollout: Rollout, limit: int) -> int:
    """Lets go on what a pause of the rollout held, once it goes on, and gives how many."""
    if rollout.state not in (RolloutState.SCHEDULED, RolloutState.ACTIVE) or rollout.spoken_by is None:
        return 0
    person = rollout.spoken_by
    parts = list(rollout.parts.filter(is_paused=True).select_related(*_KNOWN)[:limit])
    for part in parts:
        RolloutPart.objects.filter(pk=part.pk).update(is_paused=False)
        _tried(part, lambda mailing: resume(mailing=mailing, actor=person) and None)
    return len(parts)


def _moving(rollout: Rollout) -> QuerySet[RolloutPart]:
    """Gives the parts that wait for approval or are on their way, and are not being withdrawn."""
    moving = rollout.parts.filter(mailing__state__in=(*UNDECIDED, *ON_ITS_WAY))
    withdrawing = Mailing.everything.filter(rollout=rollout, deliveries__state=DeliveryState.WITHDRAWING)
    return moving.exclude(mailing__in=withdrawing).select_related(*_KNOWN)


def _tried(part: RolloutPart, act: object) -> int:
    assert callable(act)
    problem = ""
    try:
        act(part.mailing)
    except StaleState:
        return 0
    except Refusal as refusal:
        problem = refusal.sentence
    RolloutPart.objects.filter(pk=part.pk).update(problem=problem[:500])
    return 0 if problem else 1


def _hold(mailing: Mailing, rollout: Rollout) -> None:
    with transaction.atomic():
        delivery = mailing.deliveries.filter(state__in=UNDER_WAY).select_related("mailing", "workspace").first()
        if delivery is None:
            raise StaleState
        lock_delivery(delivery)
        told = _("%(name)s paused the rollout.") % {"name": rollout.spoken_by}
        has_begun = delivery.go_at is not None and delivery.go_at <= timezone.now()
        if delivery.route == Route.TRIGGER and delivery.state == DeliveryState.SENDING and has_begun:
            outcomes.pause(delivery, told, cause=PauseCause.PERSON)
            RolloutPart.objects.filter(mailing=mailing.pk).update(is_paused=True)
            return
        if delivery.undo_until is not None and delivery.undo_until <= timezone.now():
            raise Refusal(_("It is too late to hold this: Braze is sending, or about to."))
        begin_withdrawal(delivery, then=MailingState.SCHEDULED, reason=told)
        nudges.dispatch(delivery.workspace_id)
