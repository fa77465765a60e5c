"""Adding people, and giving them roles in groups."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.access import groups_with
from groups.errors import InputRefused
from groups.models import Brand, Group, Membership, User
from groups.roles import PERMISSIONS, Role
from groups.tree.queries import root_of

SERVICE_DOMAIN: Final = "service.invalid"


@transaction.atomic
def add_member(
    *, group: Group, email: str, name: str, role: Role, actor: User | None, password: str | None = None
) -> User:
    """Gives a person a role in a group, and an account where they have none; a role held before is replaced.

    Without a password nobody can sign in as somebody new; the password of somebody known stays. `actor` is None for the
    operator's commands. Raises `InputRefused` where the role holds more than the actor does in that group.
    """
    if actor is not None and not _holds_all_of(actor, role, group):
        raise InputRefused(_("Nobody can give a role that holds more rights than they have themselves."))
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        user = User.objects.create_user(email, password, name=name)
    Membership.objects.update_or_create(user=user, group=group, defaults={"role": role})
    audit.record("member.added", actor=actor, target=user, group=group, role=role.value)
    return user


@transaction.atomic
def service_user(*, brand: Brand) -> User:
    """Gives the user that commands act as when they name nobody; nobody can sign in as it, its acts are audited."""
    email = f"{brand.slug}@{SERVICE_DOMAIN}"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=_("Commands of the operator"), is_service=True)
        audit.record("member.added", actor=None, target=user, brand=brand, role=Role.ADMIN.value)
    Membership.objects.get_or_create(user=user, group=root_of(brand), defaults={"role": Role.ADMIN})
    return user


def _holds_all_of(actor: User, role: Role, group: Group) -> bool:
    return all(groups_with(actor, permission).filter(pk=group.pk).exists() for permission in PERMISSIONS[role])
