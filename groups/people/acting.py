"""Acting as another member: an admin sees and does what both may do, under a banner, with a trace (catalogue G11)."""

from __future__ import annotations

from typing import Final

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, audit
from groups.errors import NotPermitted
from groups.models import Brand, User
from groups.people.queries import people_of
from groups.roles import Permission

SESSION_KEY: Final = "acting_as"


def may_act(admin: User, brand: Brand) -> bool:
    """Tells whether somebody may act as others: they hold the right on the whole brand, and act as nobody now."""
    return admin.acted_by is None and Permission.ACT_AS in access.rights_of(admin, brand, None).for_brand


def begin_acting(*, session: SessionBase, admin: User, member: User, brand: Brand) -> None:
    """Lets an admin act as a member of their brand until they stop or sign out.

    Raises `NotPermitted` without the right on the whole brand, for oneself, for somebody of no group of the brand, for
    whoever cannot sign in, and from within acting as somebody.
    """
    if admin.acted_by is not None:
        raise NotPermitted(_("You act as somebody already. Stop that first."))
    if not may_act(admin, brand):
        raise NotPermitted(_("Only people with this right on the whole brand may act as others."))
    if member == admin or not people_of(brand).filter(pk=member.pk, is_active=True).exists():
        raise NotPermitted(_("Choose somebody else who belongs to your brand and can sign in."))
    with transaction.atomic():
        audit.record("member.acted_as", actor=admin, target=member, brand=brand)
    session[SESSION_KEY] = str(member.pk)


def end_acting(*, session: SessionBase, admin: User, member: User, brand: Brand) -> None:
    """Ends it, with a trace."""
    session.pop(SESSION_KEY, None)
    with transaction.atomic():
        audit.record("member.acting_ended", actor=admin, target=member, brand=brand)


def acted_member(*, session: SessionBase, admin: User, brand: Brand) -> User | None:
    """Gives the member that an admin acts as, with `acted_by` set; None, and an end to it, where it may not be now."""
    chosen = session.get(SESSION_KEY)
    if chosen is None:
        return None
    member = people_of(brand).filter(pk=chosen, is_active=True).first()
    if member is None or not may_act(admin, brand):
        session.pop(SESSION_KEY, None)
        return None
    member.on_pages_of = brand
    member.acted_by = admin
    return member
