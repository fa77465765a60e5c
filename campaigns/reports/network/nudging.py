"""Nudging a silent group: its own authors are told that nothing of it went out for a while (P8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.errors import NotAllowed, Refusal
from campaigns.models import GroupStanding, Nudge
from campaigns.reports.network.kinds import NUDGED
from groups.access import may
from groups.audit import record
from groups.models import Group, Membership, User
from groups.notices.services import tell
from groups.roles import Permission

EVERY: Final = timedelta(days=7)


def nudge(*, group: Group, actor: User) -> Nudge:
    """Tells the people who write mailings in a silent group itself, at most once a week.

    Raises `NotAllowed`, and `Refusal` for a group that is not silent, was nudged lately, or has nobody who writes.
    """
    if not may(actor, Permission.STOP_MAILINGS, group):
        raise NotAllowed(_("You may not nudge this group."))
    now = timezone.now()
    with transaction.atomic():
        # Two who nudge at once take turns at the row of the group.
        Group.objects.select_for_update().get(pk=group.pk)
        standing = GroupStanding.objects.filter(group=group, is_silent=True).first()
        if standing is None:
            raise Refusal(_("%(group)s is not silent any more.") % {"group": group.name})
        last = Nudge.objects.filter(group=group, at__gt=now - EVERY).first()
        if last is not None:
            raise Refusal(
                _("%(group)s was nudged on %(day)s. It can be nudged once in 7 days.")
                % {"group": group.name, "day": date_format(timezone.localtime(last.at), "DATE_FORMAT")}
            )
        people = list(authors_of(group))
        if not people:
            raise Refusal(
                _("Nobody in %(group)s can write mailings. Give somebody a role there first.") % {"group": group.name}
            )
        made = Nudge.objects.create(group=group, by=actor, at=now, told=len(people))
        last_day = standing.last_went_on
        tell(
            people,
            NUDGED,
            about=f"group:{group.pk}",
            occasion=now.isoformat(),
            path=reverse("campaigns:template-wall", args=[group.pk]),
            group=group,
            group_name=group.name,
            by=actor.name,
            last=None if last_day is None else last_day.isoformat(),
        )
        record("group.nudged", actor=actor, target=group, group=group, told=len(people))
    return made


def authors_of(group: Group) -> QuerySet[User]:
    """Gives the active people who may write mailings by a role on the very group, not those above it."""
    held = Membership.objects.filter(Membership.live(), group=group, role__grants__permission=Permission.EDIT_MAILINGS)
    return User.objects.filter(pk__in=held.values("user"), is_active=True, is_service=False)
