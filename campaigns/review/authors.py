"""Whose work a mailing is: these people never decide on it, through whatever role and in whatever guise."""

from __future__ import annotations

import uuid

from django.db.models import Q

from campaigns.models import Mailing, Review, ReviewState
from campaigns.rollouts.belonging import has_prepared
from groups.access import may
from groups.models import Event, User
from groups.roles import Permission


def is_author(mailing: Mailing, user: User) -> bool:
    """Tells whether a mailing is this person's own work, so that somebody else must decide on it.

    It is for whoever wrote, changed or submitted it, and for whoever shows themselves as one of these, or is one of
    these and shows themselves as another.
    """
    guises = guises_of(user)
    if mailing.author_id in guises or has_prepared(mailing, guises):
        return True
    changes = Event.objects.filter(target_kind="mailing", target_id=str(mailing.pk), action="mailing.edited")
    if changes.filter(Q(actor__in=guises) | Q(acting_as__in=guises)).exists():
        return True
    return Review.objects.filter(own_work(user), mailing=mailing, state=ReviewState.OPEN).exists()


def may_decide(user: User, permission: Permission, mailing: Mailing) -> bool:
    """Tells whether a person holds a right to decide in the mailing's group, other than on loan from its author."""
    return may(user, permission, mailing.group, not_lent_by=_authors_of(mailing))


def own_work(user: User) -> Q:
    """Gives the reviews that a person wrote or submitted, for lists; what they changed, `is_author` alone tells."""
    guises = guises_of(user)
    return Q(submitted_by__in=guises) | Q(acted_by__in=guises) | Q(mailing__author__in=guises)


def _authors_of(mailing: Mailing) -> tuple[User, ...]:
    """Gives who wrote the mailing, and who submitted it, as whomever they showed themselves."""
    waiting = Review.objects.filter(mailing=mailing, state=ReviewState.OPEN)
    named = {mailing.author_id}.union(*waiting.values_list("submitted_by", "acted_by")) - {None}
    return tuple(User.objects.filter(pk__in=named))


def guises_of(user: User) -> frozenset[uuid.UUID]:
    """Gives whom the person shows themselves as, and who they are."""
    return frozenset({user.pk} if user.acted_by is None else {user.pk, user.acted_by.pk})
