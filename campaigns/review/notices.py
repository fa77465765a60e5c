"""Telling the portal's own people, a function an event: something waits, somebody has spoken, time runs out."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from campaigns.models import Comment, Review
from campaigns.review.deciders import nearest_deciders, next_deciders
from campaigns.review.kinds import (
    ASKING,
    DECIDED,
    ESCALATED,
    EXPIRED,
    MENTIONED,
    REMINDER,
    REVIEWED,
    SUBMITTED,
    UNDECIDED,
)
from groups.models import User
from groups.notices.kinds import Kind
from groups.notices.services import put_away, tell


def tell_submission(review: Review) -> None:
    """Tells the nearest people who may decide that a mailing waits for them (catalogue M5)."""
    _ask(review, nearest_deciders(review), SUBMITTED)


def tell_reviewed(review: Review) -> None:
    """Tells the nearest approvers that a mailing has passed the first level, which asks nobody any more."""
    put_away_questions(review)
    _ask(review, nearest_deciders(review), REVIEWED)


def tell_decision(review: Review) -> None:
    """Tells the author what became of their mailing; nobody else needs to decide on it any more."""
    put_away_questions(review)
    _tell(review, _own_people(review), DECIDED, _mailing_page(review))


def tell_expiry(review: Review) -> None:
    """Tells both sides that nobody approved in time."""
    put_away_questions(review)
    _tell(review, (*_own_people(review), *nearest_deciders(review)), EXPIRED, _mailing_page(review))


def tell_reminder(review: Review) -> None:
    """Reminds those who may decide, and tells the author, that the time for a yes runs out (M8)."""
    _ask(review, nearest_deciders(review), REMINDER)
    _tell(review, _own_people(review), UNDECIDED, _mailing_page(review))


def tell_escalation(review: Review) -> None:
    """Tells the people of the next group above of what is still undecided."""
    _ask(review, next_deciders(review), ESCALATED)


def tell_mentions(comment: Comment) -> None:
    """Tells the people whom a comment names (M9)."""
    mailing = comment.mailing
    tell(
        comment.mentions.exclude(pk=comment.author_id).filter(is_active=True),
        MENTIONED,
        about=f"comment:{comment.pk}",
        path=reverse("campaigns:mailing-comments", args=[mailing.pk]),
        group=mailing.group,
        mailing=mailing.told_name,
        group_name=mailing.group.name,
        author=comment.author.name,
    )


def put_away_questions(review: Review) -> None:
    """Lets nobody be asked any more to decide on a submission."""
    for kind in ASKING:
        put_away(kind=kind, about=_about(review))


def _ask(review: Review, people: Iterable[User], kind: Kind) -> None:
    _tell(review, people, kind, reverse("campaigns:review-detail", args=[review.pk]))


def _tell(review: Review, people: Iterable[User], kind: Kind, path: str) -> None:
    """Writes notices about a review, one per person, level and state of it."""
    mailing = review.mailing
    tell(
        people,
        kind,
        about=_about(review),
        occasion=f"{review.level}:{review.state}",
        path=path,
        group=mailing.group,
        mailing=mailing.told_name,
        group_name=mailing.group.name,
        author=review.submitted_by.name,
        decider=review.decided_by.name if review.decided_by else "",
        state=review.state,
        level=review.level,
        until=review.decide_by.isoformat(),
        zone=mailing.group.time_zone,
    )


def _own_people(review: Review) -> tuple[User, ...]:
    """Gives the submitter, and the author where that is somebody else."""
    submitter, author = review.submitted_by, review.mailing.author
    return (submitter,) if submitter == author else (submitter, author)


def _mailing_page(review: Review) -> str:
    return reverse("campaigns:mailing-detail", args=[review.mailing_id])


def _about(review: Review) -> str:
    return f"review:{review.pk}"
