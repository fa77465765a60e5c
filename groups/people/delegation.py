"""Holiday cover: somebody lends a role of their own to a colleague until a day that they name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused, NotPermitted
from groups.models import Membership, User
from groups.people.queries import people_of
from groups.people.sessions import end_sessions

LONGEST: Final = timedelta(days=92)


def delegate(*, membership: Membership, to: User, until: datetime, actor: User) -> Membership:
    """Lends a role to a colleague of the same brand until a moment, at most three months away.

    It ends by itself, with the lender's own role, and when the lender takes it back. Raises `NotPermitted` for a role
    that is not the actor's own, and `InputRefused` for one that is itself on loan or ends before, for a colleague of
    another brand, oneself, an end that is over or too far away, and a second loan of the same role to the same person.
    """
    if membership.user_id != actor.pk or actor.acted_by is not None:
        raise NotPermitted(_("Everybody lends their own roles only."))
    if membership.delegated_from_id is not None:
        raise InputRefused(_("This role is lent to you. Only its owner can lend it."))
    if to == actor:
        raise InputRefused(_("You have this role yourself. Choose a colleague."))
    if not people_of(membership.group.brand).filter(pk=to.pk, is_active=True).exists():
        raise InputRefused(_("Choose a colleague who belongs to your brand."))
    now = timezone.now()
    if until <= now or until > now + LONGEST:
        raise InputRefused(_("Choose a day to come, at most three months away."))
    if membership.until is not None and until > membership.until:
        raise InputRefused(_("Your own role ends before that day. Choose an earlier one."))
    try:
        with transaction.atomic():
            lent = Membership.objects.create(
                user=to, group=membership.group, role=membership.role, until=until, delegated_from=membership
            )
            end_sessions(to)
            audit.record(
                "member.delegated",
                actor=actor,
                target=to,
                group=membership.group,
                role=membership.role.key,
                until=until.isoformat(),
            )
    except IntegrityError as error:
        raise InputRefused(
            _("You have lent this role to %(name)s before. Take it back first to choose another day.")
            % {"name": to.name}
        ) from error
    return lent


def end_delegation(*, delegation: Membership, actor: User) -> None:
    """Takes a role back before its day; both the lender and the colleague may. Raises `NotPermitted`."""
    source = delegation.delegated_from
    if source is None or actor.pk not in (source.user_id, delegation.user_id) or actor.acted_by is not None:
        raise NotPermitted(_("This role is not lent by you or to you."))
    with transaction.atomic():
        user, group, role = delegation.user, delegation.group, delegation.role
        delegation.delete()
        end_sessions(user)
        audit.record("member.delegation_ended", actor=actor, target=user, group=group, role=role.key)
