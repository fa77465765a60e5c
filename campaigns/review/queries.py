"""What is waiting for whom."""

from __future__ import annotations

import uuid

from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import Http404

from campaigns.models import Decision, Level, Mailing, Review, ReviewState, Verdict
from campaigns.review.authors import own_work
from groups import access
from groups.models import Group, User
from groups.roles import Permission

DECIDERS = (Permission.APPROVE_MAILINGS, Permission.REVIEW_MAILINGS)


def get_review(user: User, review_id: uuid.UUID | str) -> Review:
    """Gives the submission of an id to somebody who reviews or approves in its group; raises `Http404` otherwise."""
    try:
        return access.get(user, Review, review_id, DECIDERS[0])
    except Http404:
        return access.get(user, Review, review_id, DECIDERS[1])


def seen(user: User) -> QuerySet[Review]:
    """Gives the submissions that a person may look at, in no order.

    Those of rollouts are not among them: they are looked at together (`campaigns.rollouts.approving`).
    """
    approving, reviewing = _places(user)
    return Review.objects.filter(
        Q(mailing__group__in=approving) | Q(mailing__group__in=reviewing), mailing__rollout_part=None
    )


def listed(user: User, among: QuerySet[Review] | None = None) -> QuerySet[Review]:
    """Gives what a person may look at, or `among` it, each with `is_turn`: whether their own yes is waited for.

    Theirs come first, then what is urgent, then what must be decided soonest; `given` counts the yeses so far.
    """
    reviews = seen(user) if among is None else among
    return (
        reviews.annotate(
            is_turn=Case(When(_turn_of(user), then=Value(True)), default=Value(False), output_field=BooleanField()),
            given=Count("decisions", filter=Q(decisions__level=Level.FINAL, decisions__verdict=Verdict.YES)),
            by=Coalesce("mailing__send_at", "window_until"),
        )
        .select_related("mailing__group", "mailing__version__template", "mailing__audience", "submitted_by")
        .defer("mailing__version__source", "mailing__version__compiled")
        .order_by("-is_turn", "-is_priority", "by", "pk")
    )


def waiting_for(user: User) -> QuerySet[Review]:
    """Gives the open reviews that wait for a person's yes; their own work is not among them."""
    return listed(user).filter(_turn_of(user))


def _places(user: User) -> tuple[QuerySet[Group], QuerySet[Group]]:
    """Gives the groups in which a person approves, and those in which they review."""
    approving, reviewing = (access.groups_with(user, permission) for permission in DECIDERS)
    return approving, reviewing


def _turn_of(user: User) -> Q:
    approving, reviewing = _places(user)
    said = Decision.objects.filter(review=OuterRef("pk"), person=user, verdict=Verdict.YES)
    at_level = Q(level=Level.FINAL, mailing__group__in=approving) | Q(level=Level.FIRST, mailing__group__in=reviewing)
    return Q(at_level, ~own_work(user), ~Exists(said), state=ReviewState.OPEN)


def thread_of(mailing: Mailing) -> QuerySet[Review]:
    """Gives every submission of a mailing with what became of it, oldest first."""
    found = mailing.reviews.select_related("submitted_by", "decided_by").order_by("submitted_at")
    return found.prefetch_related("decisions__person")


def approval_of(mailing: Mailing) -> Review | None:
    """Gives the approval that a mailing stands on, if it has one."""
    return mailing.reviews.filter(state=ReviewState.APPROVED).order_by("-decided_at").first()


def last_look(review: Review, user: User) -> tuple[Review | None, bool]:
    """Gives the earlier submission that this person decided on, or else that anybody did, and whether it is theirs."""
    earlier = review.mailing.reviews.filter(submitted_at__lt=review.submitted_at).order_by("-submitted_at")
    own = earlier.filter(decisions__person=user).first()
    if own is not None:
        return own, True
    return earlier.filter(decisions__isnull=False).first(), False
