"""One yes to the whole matrix of a rollout, bound to the digest of every part that stood in it."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from campaigns.errors import NotAllowed, StaleState
from campaigns.models import Decision, Level, Review, ReviewState, Rollout, RolloutApproval, RolloutPart, Verdict
from campaigns.review.authors import guises_of
from campaigns.review.deciders import PERMISSIONS
from campaigns.rollouts import nudges
from campaigns.rollouts.belonging import is_prepared_by
from campaigns.rollouts.letting_go import LETTING
from campaigns.states import UNDECIDED
from groups.access import groups_with, may
from groups.audit import record
from groups.models import Brand, User

PARTS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Matrix:
    """What waits for one person's yes: each part with the digest of its submission; `digest` is that of them all."""

    parts: tuple[tuple[uuid.UUID, str], ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of all parts and their digests, as 64 hex digits."""
        pairs = [[str(part), digest] for part, digest in self.parts]
        return hashlib.sha256(json.dumps(pairs).encode()).hexdigest()


def waiting_for(rollout: Rollout, actor: User, *, not_lent_by: Collection[User] = ()) -> QuerySet[Review]:
    """Gives the open submissions of a rollout's parts at the levels on which a person decides, without those that have
    their yes already; rights that a person of `not_lent_by` delegated do not count.
    """
    levels = [
        level
        for level, permission in PERMISSIONS.items()
        if may(actor, permission, rollout.group, not_lent_by=not_lent_by)
    ]
    said = Decision.objects.filter(person=actor, verdict=Verdict.YES).values("review")
    return Review.objects.filter(
        mailing__rollout_part__rollout=rollout,
        mailing__rollout_part__pending=None,
        mailing__state__in=UNDECIDED,
        state=ReviewState.OPEN,
        level__in=levels,
    ).exclude(pk__in=said)


def matrix_of(rollout: Rollout, actor: User, *, not_lent_by: Collection[User] = ()) -> Matrix:
    """Gives what waits for a person's yes, in a fixed order; two columns of each part, however many there are."""
    pairs = waiting_for(rollout, actor, not_lent_by=not_lent_by).order_by("mailing__rollout_part")
    return Matrix(tuple(pairs.values_list("mailing__rollout_part", "digest")))


def is_own_work(rollout: Rollout, actor: User) -> bool:
    """Tells whether a person prepared the rollout, in whatever guise, so that somebody else must decide."""
    return is_prepared_by(rollout, guises_of(actor))


def may_see_matrix(rollout: Rollout, actor: User) -> bool:
    """Tells whether a person decides on either level for the rollout's group."""
    return any(may(actor, permission, rollout.group) for permission in PERMISSIONS.values())


def approve_all(*, rollout: Rollout, actor: User, seen: str) -> RolloutApproval:
    """Says yes to every part that waits for this person, as they saw it; the worker gives it to each.

    `seen` is the digest of the matrix that their page showed. Raises `NotAllowed` without the right and for whoever
    prepared it, and `StaleState` when the matrix is another one by now, or nothing waits.

    A part that is changed afterwards is not covered: its approval is void, and it waits for a yes of its own.
    """
    if not may_see_matrix(rollout, actor):
        raise NotAllowed(_("You may not decide on rollouts of this group."))
    if is_own_work(rollout, actor):
        raise NotAllowed(_("You prepared this rollout, so somebody else must approve it."))
    lenders = [person for person in (rollout.created_by, rollout.submitted_by) if person is not None]
    with transaction.atomic():
        locked = Rollout.objects.select_for_update().get(pk=rollout.pk)
        matrix = matrix_of(locked, actor, not_lent_by=lenders)
        if locked.state not in LETTING or locked.submitted_at is None or not matrix.parts:
            raise StaleState
        if matrix.digest != seen:
            raise StaleState(_("The matrix has changed since this page was shown. Look at it again, then approve."))
        approval = RolloutApproval.objects.create(
            rollout=rollout,
            person=actor,
            acted_by=actor.acted_by,
            matrix_digest=matrix.digest,
            parts_seen=len(matrix.parts),
        )
        marked = [RolloutPart(pk=part, pending=approval, approved_digest=digest) for part, digest in matrix.parts]
        RolloutPart.objects.bulk_update(marked, ["pending", "approved_digest"], batch_size=PARTS_AT_ONCE)
        record(
            "rollout.approved",
            actor=actor,
            group=rollout.group,
            target=rollout,
            digest=matrix.digest,
            parts=len(matrix.parts),
        )
        nudges.work(rollout.pk)
    return approval


def rollouts_to_decide(user: User, brand: Brand) -> list[Rollout]:
    """Gives the rollouts of a brand with parts that wait for approval, for whoever decides on them.

    Each has `waiting_count`; two queries of groups, however many rollouts there are.
    """
    places = Q()
    for permission in PERMISSIONS.values():
        places |= Q(group__in=groups_with(user, permission))
    waiting = Count("parts", filter=Q(parts__mailing__state__in=UNDECIDED))
    found = Rollout.objects.filter(places, group__brand=brand, state__in=LETTING, submitted_at__isnull=False)
    counted = found.annotate(waiting_count=waiting).filter(waiting_count__gt=0)
    return list(counted.select_related("group").order_by("starts_at", "pk"))


def first_level_waits(rollout: Rollout) -> bool:
    """Tells whether some part is to be reviewed before it is approved."""
    return Review.objects.filter(
        mailing__rollout_part__rollout=rollout, state=ReviewState.OPEN, level=Level.FIRST
    ).exists()
