"""What is waiting for whom."""

from __future__ import annotations

from django.db.models import QuerySet

from campaigns.models import Mailing, Review, ReviewState
from groups.access import visible
from groups.models import User
from groups.roles import Permission


def waiting_for(user: User) -> QuerySet[Review]:
    """Gives the open reviews that a person may decide on, oldest first; their own work is not among them."""
    return (
        visible(user, Review, Permission.APPROVE_MAILINGS)
        .filter(state=ReviewState.OPEN)
        .exclude(submitted_by=user)
        .exclude(mailing__author=user)
        .select_related("mailing__group", "mailing__version__template", "mailing__audience", "submitted_by")
        .order_by("submitted_at")
    )


def thread_of(mailing: Mailing) -> QuerySet[Review]:
    """Gives every submission of a mailing with what became of it, oldest first."""
    return mailing.reviews.select_related("submitted_by", "decided_by").order_by("submitted_at")


def approval_of(mailing: Mailing) -> Review | None:
    """Gives the approval that a mailing stands on, if it has one."""
    return mailing.reviews.filter(state=ReviewState.APPROVED).order_by("-decided_at").first()
