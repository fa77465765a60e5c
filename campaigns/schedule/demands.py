"""Holding a mailing to the rules about time where it is let go, moved, or comes due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.errors import Refusal
from campaigns.models import Mailing
from campaigns.schedule.objections import Objection, forbidden, objections_to
from campaigns.schedule.overruling import is_overruled, people_who_scheduled
from campaigns.schedule.wishes import wish_of
from groups.audit import record
from groups.models import Group, GroupPath, User


def demand_allowed_time(mailing: Mailing, *, go_at: datetime, people: Sequence[User]) -> None:
    """Raises `Refusal` for a moment to which a rule objects, unless one of the people may overrule; that is recorded.

    Needs a transaction. Until it ends nobody else lets go a mailing of this group, so that two at once do not both
    take the last place of a day.
    """
    _lock(mailing)
    objections = objections_to(wish_of(mailing, go_at))
    if not objections:
        return
    if standing := _standing(mailing, objections, people):
        raise Refusal(_sentence(standing))
    rules = ", ".join(objection.code for objection in objections)
    record("mailing.times_overruled", actor=people[0], group=mailing.group, target=mailing, rules=rules)


def demand_still_allowed_time(mailing: Mailing, *, go_at: datetime) -> None:
    """Raises `Refusal` for a scheduled mailing whose moment lies in a blackout or in quiet hours by now.

    Its place in the limits was given when it was scheduled and is not asked for again. What somebody who may overrule
    has scheduled goes out all the same. Needs a transaction.
    """
    _lock(mailing)
    if reason := reason_to_stop(mailing, go_at=go_at):
        raise Refusal(reason)


def demand_open_moment(mailing: Mailing, *, go_at: datetime, actor: User) -> None:
    """Raises `Refusal` where something goes on, or goes to the rest, at a moment that is forbidden.

    It has its place in the limits already. Whoever may overrule may let it go all the same.
    """
    if standing := _standing(mailing, forbidden(wish_of(mailing, go_at)), (actor,)):
        raise Refusal(_sentence(standing))


def reason_to_stop(mailing: Mailing, *, go_at: datetime, is_going_out: bool = False) -> str:
    """Gives why a mailing must not go out, or go on going out, at a moment by itself; empty where it may."""
    objections = forbidden(wish_of(mailing, go_at))
    standing = _standing(mailing, objections, people_who_scheduled(mailing)) if objections else ()
    if not standing:
        return ""
    if is_going_out or any(objection.is_final for objection in standing):
        return _sentence(standing)
    return _("%(reason)s Bring it back to draft and choose another time, or ask a brand manager to send it.") % {
        "reason": _sentence(standing)
    }


def lock_times(group: Group) -> None:
    """Lets nobody let go a mailing of a group, or of one below it, until the transaction ends.

    Whoever changes what is forbidden takes it first: a mailing is then either handed over already, and can be held
    back, or is asked by the new rules.
    """
    below = GroupPath.objects.filter(ancestor=group).values("descendant")
    list(Group.objects.select_for_update(no_key=True).filter(pk__in=below).order_by("pk").values_list("pk"))


def _lock(mailing: Mailing) -> None:
    Group.objects.select_for_update(no_key=True).get(pk=mailing.group_id)


def _standing(mailing: Mailing, objections: Sequence[Objection], people: Sequence[User]) -> Sequence[Objection]:
    """Gives what holds against a mailing that these people let go."""
    if not objections or not is_overruled(mailing, people):
        return objections
    return [objection for objection in objections if objection.is_final]


def _sentence(objections: Sequence[Objection]) -> str:
    return " ".join(objection.sentence for objection in objections)
