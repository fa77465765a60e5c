"""Closing a group with everything below it, and opening it again.

What is on its way from a closed group is stopped by `campaigns.delivery.closed_groups`, which the page calls and the
sweep repeats; nothing here knows of mailings.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused
from groups.models import Group, GroupPath, Invitation, User
from groups.people.admins import lock_people
from groups.tree.changing import demand_managing


def close_group(*, group: Group, actor: User) -> int:
    """Closes a group and all below it, and withdraws their invitations; gives how many groups were open till now.

    What they have sent, their reports and their people stay. Raises `NotPermitted`, and `InputRefused` for the brand's
    own group.
    """
    demand_managing(actor, group)
    if group.parent_id is None:
        raise InputRefused(_("The brand's own group cannot be closed: everything stands below it."))
    now = timezone.now()
    with transaction.atomic():
        lock_people(group.brand)
        below = GroupPath.objects.filter(ancestor=group).values("descendant")
        closed = Group.objects.filter(pk__in=below, closed_at=None).update(closed_at=now)
        if closed:
            invitations = Invitation.objects.filter(group__in=below, accepted_at=None, withdrawn_at=None)
            withdrawn = invitations.update(withdrawn_at=now)
            audit.record("group.closed", actor=actor, target=group, group=group, groups=closed, invitations=withdrawn)
    group.refresh_from_db()
    return closed


def open_group(*, group: Group, actor: User) -> int:
    """Opens a group, and those below that were closed together with it; gives how many. Nothing goes out by itself.

    Raises `NotPermitted`, and `InputRefused` while a group above is closed.
    """
    demand_managing(actor, group)
    with transaction.atomic():
        lock_people(group.brand)
        group.refresh_from_db()
        if group.parent is not None and group.parent.closed_at is not None:
            raise InputRefused(_("%(parent)s is closed. Open it first.") % {"parent": group.parent.name})
        if group.closed_at is None:
            return 0
        below = GroupPath.objects.filter(ancestor=group).values("descendant")
        opened = Group.objects.filter(pk__in=below, closed_at=group.closed_at).update(closed_at=None)
        audit.record("group.opened", actor=actor, target=group, group=group, groups=opened)
    group.refresh_from_db()
    return opened
