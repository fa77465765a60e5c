"""Who may decide on a submission, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator

from campaigns.models import Level, Review, Verdict
from groups.access import members_with
from groups.models import Group, User
from groups.roles import Permission

PERMISSIONS = {Level.FIRST: Permission.REVIEW_MAILINGS, Level.FINAL: Permission.APPROVE_MAILINGS}


def permission_at(review: Review) -> Permission:
    """Gives the right that the level of a review asks for."""
    return PERMISSIONS[Level(review.level)]


def nearest_deciders(review: Review) -> tuple[User, ...]:
    """Gives whom to ask: the people of the nearest group that has any, and of more groups where more must agree."""
    found: list[User] = []
    for people in _by_distance(review):
        found.extend(people)
        if len(found) >= _needed(review):
            break
    return tuple(found)


def next_deciders(review: Review) -> tuple[User, ...]:
    """Gives the people of the next group above those who were asked, for what nobody has decided on."""
    asked = {person.pk for person in nearest_deciders(review)}
    return next((people for people in _by_distance(review) if not asked >= {one.pk for one in people}), ())


def is_out_of_reach(review: Review) -> bool:
    """Tells whether fewer people may still say yes than are needed, so that it waits in vain."""
    left = sum(len(people) for people in _by_distance(review))
    given = review.decisions.filter(level=review.level, verdict=Verdict.YES).count()
    return given + left < _needed(review)


def _needed(review: Review) -> int:
    return review.approvals_needed if review.level == Level.FINAL else 1


def _by_distance(review: Review) -> Iterator[tuple[User, ...]]:
    """Yields the people who may decide, by the highest group on which they hold the right; the nearest group first.

    Left out are the author, whoever submitted it, whoever has said something already, and groups with nobody else.
    """
    permission, mailing = permission_at(review), review.mailing
    away = {mailing.author_id, review.submitted_by_id, *review.decisions.values_list("person_id", flat=True)}
    chain = list(Group.objects.filter(paths_down__descendant=mailing.group_id).order_by("paths_down__depth"))
    holders = [{one.pk: one for one in members_with(group, permission)} for group in chain]
    for here, above in zip(holders, [*holders[1:], {}], strict=True):
        people = [one for pk, one in here.items() if pk not in above and pk not in away]
        if people:
            yield tuple(sorted(people, key=lambda one: (one.name, one.email)))
