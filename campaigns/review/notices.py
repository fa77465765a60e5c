"""Telling the portal's own people: something waits for you, somebody has decided."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from campaigns.models import Review
from campaigns.review.kinds import DECIDED, SUBMITTED
from groups.access import members_with
from groups.models import User
from groups.notices.kinds import Kind
from groups.notices.services import put_away, tell
from groups.roles import Permission


def tell_submission(review: Review) -> None:
    """Tells everybody who may approve that a mailing waits (catalogue M5)."""
    approvers = members_with(review.mailing.group, Permission.APPROVE_MAILINGS).exclude(pk=review.submitted_by_id)
    _tell(review, approvers, SUBMITTED, "campaigns:review-detail", review.pk)


def tell_decision(review: Review) -> None:
    """Tells the author what became of their mailing; nobody else needs to decide on it any more."""
    put_away(kind=SUBMITTED, about=_about(review))
    _tell(review, [review.submitted_by], DECIDED, "campaigns:mailing-detail", review.mailing_id)


def _tell(review: Review, people: Iterable[User], kind: Kind, view: str, pk: object) -> None:
    """Writes notices about a review, one per person and state of it."""
    tell(
        people,
        kind,
        about=_about(review),
        occasion=review.state,
        path=reverse(view, args=[pk]),
        group=review.mailing.group,
        mailing=review.mailing.name,
        group_name=review.mailing.group.name,
        author=review.submitted_by.name,
        decider=review.decided_by.name if review.decided_by else "",
        state=review.state,
    )


def _about(review: Review) -> str:
    return f"review:{review.pk}"
