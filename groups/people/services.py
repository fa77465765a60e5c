"""Giving people roles in groups and taking them away; nobody gives or takes more than they hold themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from groups import access, audit
from groups.errors import InputRefused, NotPermitted
from groups.models import Brand, BrandRole, Group, Invitation, Membership, User
from groups.people.admins import demand_an_admin, lock_people
from groups.people.roles import permissions_of, role_of
from groups.people.sessions import end_sessions
from groups.roles import Permission, Role
from groups.tree.queries import root_of
from groups.tree.rules import demand_open

SERVICE_DOMAIN: Final = "service.invalid"


def add_member(
    *,
    group: Group,
    email: str,
    name: str,
    role: BrandRole | str,
    actor: User | None,
    password: str | None = None,
    until: datetime | None = None,
) -> User:
    """Gives a person a role in a group, and an account where they have none; a role held before is replaced.

    Without a password nobody can sign in as somebody new; the password of somebody known stays. `role` may be a key.
    `actor` is None for the operator's commands. Raises `NotPermitted` without the right to manage users there, and
    `InputRefused` where the role, or the one it replaces, holds more than the actor does in that group.
    """
    with transaction.atomic():
        lock_people(group.brand)
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            user = User.objects.create_user(email, password, name=name)
        give_role(user=user, group=group, role=role, actor=actor, until=until)
    return user


def give_role(
    *, user: User, group: Group, role: BrandRole | str, actor: User | None, until: datetime | None = None
) -> Membership:
    """Gives somebody known a role in a group in place of any they have there, for good or until a moment.

    Their sessions end, so that no page offers what they may no longer do. Raises as `add_member` does.
    """
    role = role if isinstance(role, BrandRole) else role_of(group.brand, role)
    if role.brand_id != group.brand_id:
        raise InputRefused(_("This role belongs to another brand."))
    if until is not None and until <= timezone.now():
        raise InputRefused(_("This end lies in the past. Choose a later one, or none."))
    with transaction.atomic():
        lock_people(group.brand)
        held = Membership.objects.filter(user=user, group=group, delegated_from=None).select_related("role").first()
        if actor is not None:
            demand_may_give(actor, group, role, to=user)
            if held is not None:
                demand_may_give(actor, group, held.role, to=user)
        after: dict[str, str] = {"role": role.key, "until": "" if until is None else until.isoformat()}
        if held is None:
            demand_open(group)
            held = Membership.objects.create(user=user, group=group, role=role, until=until)
            audit.record("member.added", actor=actor, target=user, group=group, after=after)
        else:
            before = {"role": held.role.key, "until": "" if held.until is None else held.until.isoformat()}
            was_admin = Permission.MANAGE_USERS in permissions_of(held.role)
            held.role, held.until = role, until
            held.save(update_fields=["role", "until"])
            held.delegations.update(role=role)
            if was_admin and group.parent_id is None:
                demand_an_admin(group.brand)
            audit.record("member.changed", actor=actor, target=user, group=group, before=before, after=after)
        end_sessions(user)
    return held


def take_role(*, membership: Membership, actor: User) -> None:
    """Takes a role from somebody at once, with what they delegated of it; their mailings stay.

    Raises `NotPermitted`, and `InputRefused` for a role that holds more than the actor's own and for the last admin.
    """
    with transaction.atomic():
        lock_people(membership.group.brand)
        demand_may_give(actor, membership.group, membership.role, to=membership.user)
        _end(membership, actor)
        demand_an_admin(membership.group.brand)


def remove_from_brand(*, user: User, brand: Brand, actor: User) -> None:
    """Ends every role that somebody holds in a brand, and their sessions, at once; what they made stays theirs.

    Their account can sign in no longer once no brand is left. Raises `NotPermitted` for people with a role in a group
    where the actor manages no users, and `InputRefused` as `take_role` does.
    """
    with transaction.atomic():
        lock_people(brand)
        held = list(Membership.objects.filter(user=user, group__brand=brand).select_related("group__brand", "role"))
        for membership in held:
            demand_may_give(actor, membership.group, membership.role, to=user)
        for membership in held:
            _end(membership, actor)
        demand_an_admin(brand)
        Invitation.objects.filter(group__brand=brand, email=user.email, accepted_at=None, withdrawn_at=None).update(
            withdrawn_at=timezone.now()
        )
        if not user.memberships.exists():
            user.is_active = False
            user.save(update_fields=["is_active"])
        audit.record("member.left", actor=actor, target=user, brand=brand, roles=len(held))


def demand_may_give(actor: User, group: Group, role: BrandRole, *, to: User | None) -> None:
    """Raises unless the actor manages the users of a group and holds there all that a role does.

    Where the operator lets a brand's admins give every role (`Brand.admins_give_every_role`), they may give others
    more than they hold, never themselves. `to` is None for somebody without an account.
    """
    rights = access.rights_of(actor, group.brand, group)
    held = rights.here
    if Permission.MANAGE_USERS not in held:
        raise NotPermitted(_("You do not manage the users of %(group)s.") % {"group": group.name})
    if group.brand.admins_give_every_role and Permission.MANAGE_USERS in rights.for_brand and to != actor:
        return
    if missing := sorted(permissions_of(role) - held):
        raise InputRefused(
            _("“%(role)s” holds rights that you do not have in %(group)s, so somebody else must do this: %(rights)s.")
            % {
                "role": role.label,
                "group": group.name,
                "rights": ", ".join(str(permission.label) for permission in missing),
            }
        )


@transaction.atomic
def service_user(*, brand: Brand) -> User:
    """Gives the user that commands act as when they name nobody; nobody can sign in as it, its acts are audited."""
    email = f"{brand.slug}@{SERVICE_DOMAIN}"
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, None, name=_("Commands of the operator"), is_service=True)
        audit.record("member.added", actor=None, target=user, brand=brand, role=Role.ADMIN.value)
    Membership.objects.get_or_create(user=user, group=root_of(brand), defaults={"role": role_of(brand, Role.ADMIN)})
    return user


def _end(membership: Membership, actor: User) -> None:
    for delegation in membership.delegations.select_related("user"):
        end_sessions(delegation.user)
    user, group, role = membership.user, membership.group, membership.role
    membership.delete()
    end_sessions(user)
    audit.record("member.removed", actor=actor, target=user, group=group, role=role.key)
