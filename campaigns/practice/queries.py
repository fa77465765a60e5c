"""Whom a practice mailing reaches, and who should be offered one."""

from __future__ import annotations

from campaigns.models import Delivery, Mailing, MailingState, Review
from campaigns.testsend.queries import colleagues_of
from campaigns.testsend.services import MOST_TESTERS
from groups.access import may
from groups.models import Group, Membership, User
from groups.roles import Permission


def team_of(group: Group, person: User) -> list[User]:
    """Gives a person and those who hold a role on the very group and see its mailings, at most ten; they come first."""
    here = Membership.objects.filter(Membership.live(), group=group).values("user")
    others = colleagues_of(group).filter(pk__in=here).exclude(pk=person.pk)
    return [*colleagues_of(group).filter(pk=person.pk), *others[: MOST_TESTERS - 1]]


def is_new_here(person: User, group: Group) -> bool:
    """Tells whether somebody may write in a group and has never submitted or sent anything, practice included."""
    if not may(person, Permission.EDIT_MAILINGS, group):
        return False
    has_practised = Mailing.objects.filter(author=person, is_practice=True, state=MailingState.SENT)
    return not (
        Review.objects.filter(submitted_by=person).exists()
        or Delivery.objects.filter(started_by=person).exists()
        or has_practised.exists()
    )
