"""Whose work a mailing is: these people never decide on it, through whatever role and in whatever guise."""

from __future__ import annotations

import uuid

from django.db.models import Q

from campaigns.models import Mailing, Review, ReviewState
from groups.models import User


def is_author(mailing: Mailing, user: User) -> bool:
    """Tells whether a mailing is this person's own work, so that somebody else must decide on it.

    It is for whoever wrote or submitted it, and for whoever shows themselves as one of these, or is one of these and
    shows themselves as another.
    """
    if mailing.author_id in _guises(user):
        return True
    return Review.objects.filter(own_work(user), mailing=mailing, state=ReviewState.OPEN).exists()


def own_work(user: User) -> Q:
    """Gives the reviews of a person's own work, as `is_author` tells it, for lists."""
    guises = _guises(user)
    return Q(submitted_by__in=guises) | Q(acted_by__in=guises) | Q(mailing__author__in=guises)


def _guises(user: User) -> frozenset[uuid.UUID]:
    """Gives whom the person shows themselves as, and who they are."""
    return frozenset({user.pk} if user.acted_by is None else {user.pk, user.acted_by.pk})
