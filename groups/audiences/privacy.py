"""Keeping the people of a list from those above its group, who see how many they are (catalogue A15)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, audit
from groups.errors import InputRefused, NotPermitted
from groups.models import Audience, AudienceKind, User
from groups.roles import Permission


def may_hide(user: User, audience: Audience) -> bool:
    """Tells whether a person decides who above sees a list: they manage contacts by a role on its very group."""
    if audience.kind != AudienceKind.LIST or audience.group.parent_id is None:
        return False
    return access.groups_held(user, Permission.MANAGE_CONTACTS).filter(pk=audience.group_id).exists()


def set_privacy(*, audience: Audience, is_private: bool, actor: User) -> None:
    """Keeps a list from those above its group, or opens it to them; what stands so already changes nothing.

    Raises `NotPermitted` for people whose role is not on the group itself, so that nobody above opens a list for
    themself, and `InputRefused` for an audience that is no list and for one of the brand's own group.
    """
    if audience.kind != AudienceKind.LIST or audience.group.parent_id is None:
        raise InputRefused(_("Only the lists of a group below head office can be kept from those above."))
    if not may_hide(actor, audience):
        raise NotPermitted(_("Only people of %(group)s itself decide this.") % {"group": audience.group.name})
    with transaction.atomic():
        changed = Audience.objects.filter(pk=audience.pk).exclude(is_private=is_private).update(is_private=is_private)
        if changed:
            # Two literal names, so that the trail has words for both.
            if is_private:
                audit.record("audience.hidden", actor=actor, target=audience, group=audience.group)
            else:
                audit.record("audience.shown", actor=actor, target=audience, group=audience.group)
    audience.is_private = is_private
