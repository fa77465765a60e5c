"""Moving a group, and everything below it, to another place of the tree."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from groups import access, audit
from groups.errors import InputRefused, NotPermitted
from groups.models import Group, GroupPath, Membership, User
from groups.people.admins import lock_people
from groups.people.sessions import end_sessions_of
from groups.roles import Permission
from groups.tree import rules
from groups.tree.changing import demand_managing
from groups.tree.services import LEVELS


def move_group(*, group: Group, parent: Group, actor: User) -> Group:
    """Puts a group with all below it under another group of its brand; what they have done stays theirs.

    Settings, images, templates and roles come from the new place at once, so that the sessions of people whose rights
    change end; approvals of mails that look different there are void by their digest. Raises `NotPermitted` unless the
    actor manages the group and the new place, and `InputRefused` for a place below the group itself, of another brand
    or a kind that does not fit, for a closed one, and where the tree would get too deep.
    """
    demand_managing(actor, group)
    if not access.may(actor, Permission.MANAGE_GROUPS, parent):
        raise NotPermitted(_("You may not put groups below %(group)s.") % {"group": parent.name})
    with transaction.atomic():
        lock_people(group.brand)
        group.refresh_from_db()
        parent.refresh_from_db()
        _demand_fitting(group, parent)
        before = group.parent
        if before is None or before.pk == parent.pk:
            return group
        concerned = _whose_rights_change(before, parent)
        moved = GroupPath.objects.filter(ancestor=group).values("descendant")
        GroupPath.objects.filter(descendant__in=moved).exclude(ancestor__in=moved).delete()
        _hang_below(group, parent)
        Group.objects.filter(pk=group.pk).update(parent=parent)
        end_sessions_of(concerned)
        audit.record(
            "group.moved",
            actor=actor,
            target=group,
            group=group,
            before={"below": before.code},
            after={"below": parent.code},
        )
    group.refresh_from_db()
    return group


def _demand_fitting(group: Group, parent: Group) -> None:
    if parent.brand_id != group.brand_id:
        raise InputRefused(_("The group above belongs to another brand."))
    if group.parent_id is None:
        raise InputRefused(_("The brand's own group stands on top of the tree and cannot be moved."))
    if GroupPath.objects.filter(ancestor=group, descendant=parent).exists():
        raise InputRefused(
            _("%(parent)s is %(group)s itself or stands below it, so the tree would run in a circle.")
            % {"parent": parent.name, "group": group.name}
        )
    if problem := rules.kind_problem(group.kind, parent):
        raise InputRefused(problem)
    if parent.closed_at is not None and group.closed_at is None:
        raise InputRefused(
            _("%(parent)s is closed, so nothing that is open stands below it. Open it first.") % {"parent": parent.name}
        )
    height = GroupPath.objects.filter(ancestor=group).aggregate(most=Max("depth"))["most"] + 1
    if GroupPath.objects.filter(descendant=parent).count() + height > LEVELS:
        raise InputRefused(
            _("With what stands below it, the tree would have more than %(levels)s levels. Choose a place further up.")
            % {"levels": LEVELS}
        )


def _whose_rights_change(before: Group, after: Group) -> QuerySet[User]:
    """Gives the people with a role on a group that stands above only before, or only afterwards."""
    left, joined = (
        set(GroupPath.objects.filter(descendant=place).values_list("ancestor", flat=True)) for place in (before, after)
    )
    holders = Membership.objects.filter(Membership.live(), group__in=left ^ joined)
    return User.objects.filter(pk__in=holders.values("user"))


_HANG: Final = """
INSERT INTO groups_grouppath (ancestor_id, descendant_id, depth)
SELECT upper.ancestor_id, lower.descendant_id, upper.depth + lower.depth + 1
FROM groups_grouppath AS upper CROSS JOIN groups_grouppath AS lower
WHERE upper.descendant_id = %s AND lower.ancestor_id = %s
"""


def _hang_below(group: Group, parent: Group) -> None:
    """Writes the paths of a whole subtree to everything above its new place, in one statement."""
    key = Group._meta.pk
    with connection.cursor() as cursor:
        cursor.execute(_HANG, [key.get_db_prep_value(one.pk, connection) for one in (parent, group)])
