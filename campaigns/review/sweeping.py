"""What the clock does to submissions: a reminder, a word to the next group above, and in the end they expire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.errors import StaleState
from campaigns.models import MailingState, Review, ReviewState
from campaigns.review.notices import tell_escalation, tell_expiry, tell_reminder
from campaigns.review.services import close
from campaigns.states import lock_mailing, move_mailing
from groups.audit import record


def expire_reviews() -> int:
    """Ends reviews whose window has passed, so that nothing goes out late by itself (M8); gives how many."""
    expired = 0
    overdue = Review.objects.filter(state=ReviewState.OPEN, window_until__lte=timezone.now())
    for review in overdue.select_related("mailing__group__brand"):
        try:
            with transaction.atomic():
                lock_mailing(review.mailing)
                close(review, ReviewState.EXPIRED, None)
                move_mailing(review.mailing, MailingState.EXPIRED)
                record("mailing.expired", actor=None, group=review.mailing.group, target=review.mailing)
                if review.mailing.rollout_id is None:
                    tell_expiry(review)
            expired += 1
        except StaleState:
            continue  # somebody has decided a moment ago
    return expired


def remind_reviews() -> int:
    """Reminds, once, those who may decide and the author 24 h before a yes comes too late; gives of how many.

    Where less than twice that time was given, it is at half of it.
    """
    ahead = timedelta(hours=settings.APPROVAL_REMINDER_HOURS)
    return _tell_once("reminded_at", ahead, 0.5, tell_reminder)


def escalate_reviews() -> int:
    """Tells, once, the people of the next group above of what is still undecided; gives of how many.

    That is 12 h before a yes comes too late, or when three quarters of the time have passed, whichever is later.
    """
    ahead = timedelta(hours=settings.APPROVAL_ESCALATION_HOURS)
    return _tell_once("escalated_at", ahead, 0.75, tell_escalation)


def _tell_once(column: str, ahead: timedelta, share: float, tell: Callable[[Review], None]) -> int:
    told, now = 0, timezone.now()
    for review in _ending(now + ahead).filter(**{column: None}):
        given = review.decide_by - review.submitted_at
        if not max(review.decide_by - ahead, review.submitted_at + share * given) <= now < review.decide_by:
            continue
        with transaction.atomic():
            still = Review.objects.filter(pk=review.pk, state=ReviewState.OPEN, **{column: None})
            if not still.update(**{column: now}):
                continue  # another sweep was faster, or somebody has decided
            tell(review)
        told += 1
    return told


def _ending(until: datetime) -> QuerySet[Review]:
    """Gives the open reviews on which nobody can say yes any more after a moment; a rollout reminds of all its own."""
    by = Coalesce(F("mailing__send_at"), F("window_until"))
    waiting = Review.objects.filter(state=ReviewState.OPEN, mailing__rollout_part=None).annotate(by=by)
    return waiting.filter(Q(by__lte=until) | Q(window_until__lte=until)).select_related(
        "mailing__group__brand", "submitted_by"
    )
