"""Submitting the parts of a task, and giving each the yes that was said to all; some at a time, by the worker."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from campaigns.errors import NotReady, Refusal
from campaigns.models import Answer, MailingState, ReviewState, Rollout, RolloutPart, RolloutState
from campaigns.review.deciding import approve
from campaigns.review.services import submit
from campaigns.rollouts.checking import note_findings
from groups.models import User

_KNOWN = ("mailing__group__brand", "mailing__version__template", "mailing__audience", "mailing__author")
LETTING = (RolloutState.SCHEDULED, RolloutState.ACTIVE, RolloutState.PAUSED)


def that_go(rollout: Rollout) -> Q:
    """Gives the condition on parts that are to go out: those that take part, and by default those that say nothing."""
    answers = [Answer.TAKES_PART, *([Answer.NOTHING] if rollout.sends_by_default else [])]
    return Q(answer__in=answers)


def to_submit(rollout: Rollout) -> QuerySet[RolloutPart]:
    """Gives the parts that are to be submitted and were not tried as they stand now.

    What a group has in hand waits for its word until the cut-off.
    """
    waiting = rollout.parts.filter(that_go(rollout), mailing__state=MailingState.DRAFT)
    waiting = waiting.filter(applied_setup=rollout.setup_revision).exclude(tried_revision=F("mailing__revision"))
    return waiting if rollout.closed_at is not None else waiting.filter(is_in_hand=False)


def submit_some(rollout: Rollout, limit: int) -> int:
    """Submits parts on the word of whoever submitted the rollout, and gives how many were tried."""
    submitter = rollout.submitted_by
    if rollout.submitted_at is None or submitter is None or rollout.state not in LETTING:
        return 0
    parts = list(to_submit(rollout).select_related(*_KNOWN, "mailing__rollout__group")[:limit])
    for part in parts:
        submit_part(part, submitter, is_told=False)
    return len(parts)


def submit_part(part: RolloutPart, actor: User, *, is_told: bool) -> bool:
    """Submits one part and notes what became of that; gives whether it waits for approval now."""
    mailing = part.mailing
    assert mailing is not None
    revision, changes = mailing.revision, dict[str, Any](problem="")
    try:
        submit(mailing=mailing, actor=actor, is_told=is_told)
    except NotReady as refusal:
        note_findings(part, refusal.findings, revision=revision)
    except Refusal as refusal:
        changes["problem"] = refusal.sentence[:500]
    else:
        changes |= {"is_in_hand": False, "is_blocked": False}
    RolloutPart.objects.filter(pk=part.pk).update(tried_revision=revision, **changes)
    return mailing.state in (MailingState.IN_REVIEW, MailingState.IN_APPROVAL)


def approve_some(rollout: Rollout, limit: int) -> int:
    """Gives parts the yes that was said to all, by the digest that was seen, and gives how many were decided.

    `approve` asks everything anew: the right, authorship, the digest, the checks and the time. What is refused keeps
    the sentence why, and waits for a yes of its own.
    """
    waiting = rollout.parts.filter(pending__isnull=False).select_related("pending__person", "pending__acted_by")
    parts = list(waiting.select_related(*_KNOWN, "mailing__rollout__group")[:limit])
    for part in parts:
        assert part.pending is not None
        assert part.mailing is not None
        person, problem = part.pending.person, ""
        person.acted_by = part.pending.acted_by
        review = part.mailing.reviews.filter(state=ReviewState.OPEN).select_related("submitted_by").first()
        if review is not None:
            review.mailing = part.mailing
            try:
                approve(review=review, actor=person, digest=part.approved_digest, is_told=False)
            except NotReady as refusal:
                note_findings(part, refusal.findings, revision=part.mailing.revision)
                problem = refusal.sentence
            except Refusal as refusal:
                problem = refusal.sentence
        RolloutPart.objects.filter(pk=part.pk, pending=part.pending).update(pending=None, problem=problem[:500])
    return len(parts)
