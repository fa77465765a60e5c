"""A brand's roles: shipped with it, edited by it, and never holding more than the person who edits them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from groups import access, audit
from groups.errors import InputRefused, NotPermitted
from groups.models import Brand, BrandRole, Membership, RoleGrant, User
from groups.people.admins import demand_an_admin, lock_people
from groups.roles import PERMISSIONS, Permission, Role
from groups.tree.queries import root_of

MOST_ROLES: Final = 50
NAME_CHARACTERS: Final = 60


def ship_roles(brand: Brand) -> None:
    """Gives a new brand the roles that the portal comes with."""
    roles = BrandRole.objects.bulk_create(
        BrandRole(brand=brand, key=role.value, position=position) for position, role in enumerate(Role)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(role=role, permission=permission)
        for role in roles
        for permission in sorted(PERMISSIONS[Role(role.key)])
    )


def role_of(brand: Brand, key: str) -> BrandRole:
    """Gives a role of a brand by its key; raises `InputRefused` with the keys that there are."""
    found = BrandRole.objects.filter(brand=brand, key=key).first()
    if found is None:
        known = ", ".join(BrandRole.objects.filter(brand=brand).values_list("key", flat=True))
        raise InputRefused(_("There is no role %(key)s. There are: %(known)s.") % {"key": key, "known": known})
    return found


def permissions_of(role: BrandRole) -> frozenset[Permission]:
    """Gives what a role may do."""
    return frozenset(Permission(one) for one in role.grants.values_list("permission", flat=True))


def create_role(*, brand: Brand, name: str, permissions: Collection[Permission], actor: User) -> BrandRole:
    """Adds a role of the brand's own.

    Raises `NotPermitted` without the right, and `InputRefused` for a name that is empty or taken, for permissions that
    the actor does not hold themselves, and for the fifty-first role.
    """
    _demand_right(actor, brand)
    with transaction.atomic():
        lock_people(brand)
        if brand.roles.count() >= MOST_ROLES:
            raise InputRefused(_("A brand has at most %(most)s roles. Delete one first.") % {"most": MOST_ROLES})
        name = _name(brand, name, except_for=None)
        _demand_held(actor, brand, set(permissions))
        role = BrandRole.objects.create(brand=brand, key=f"own-{secrets.token_hex(6)}", name=name)
        _grant(role, permissions)
        audit.record(
            "role.created", actor=actor, target=role, brand=brand, name=name, permissions=_in_words(permissions)
        )
    return role


def change_role(*, role: BrandRole, name: str, permissions: Collection[Permission], actor: User) -> BrandRole:
    """Changes what everybody with a role may do, at once.

    Raises as `create_role` does; only what is added must be held by the actor, and an admin must remain.
    """
    _demand_right(actor, role.brand)
    with transaction.atomic():
        lock_people(role.brand)
        before = permissions_of(role)
        _demand_held(actor, role.brand, set(permissions) - before)
        if name.strip() != role.label:
            role.name = _name(role.brand, name, except_for=role)
            role.save(update_fields=["name"])
        role.grants.all().delete()
        _grant(role, permissions)
        demand_an_admin(role.brand)
        audit.record(
            "role.changed",
            actor=actor,
            target=role,
            brand=role.brand,
            before={"permissions": sorted(before)},
            after={"permissions": sorted(set(permissions))},
        )
    return role


def delete_role(*, role: BrandRole, actor: User) -> None:
    """Deletes a role of the brand's own that nobody holds; raises `NotPermitted`, `InputRefused` for any other."""
    _demand_right(actor, role.brand)
    if role.is_shipped:
        raise InputRefused(_("The portal comes with this role. You can change it, not delete it."))
    with transaction.atomic():
        lock_people(role.brand)
        if Membership.objects.filter(role=role).exists() or role.invitations.exists():
            raise InputRefused(
                _("“%(role)s” is held by somebody, or offered in an invitation. Give these people another role first.")
                % {"role": role.label}
            )
        audit.record("role.deleted", actor=actor, target=role, brand=role.brand, name=role.label)
        role.delete()


def _grant(role: BrandRole, permissions: Collection[Permission]) -> None:
    RoleGrant.objects.bulk_create(RoleGrant(role=role, permission=one) for one in sorted(set(permissions)))


def _demand_right(actor: User, brand: Brand) -> None:
    if not access.may(actor, Permission.MANAGE_USERS, root_of(brand)):
        raise NotPermitted(_("Only people who manage the users of the whole brand may change its roles."))


def _demand_held(actor: User, brand: Brand, permissions: set[Permission]) -> None:
    missing = sorted(permissions - access.rights_of(actor, brand, root_of(brand)).here)
    if missing:
        raise InputRefused(
            _("Nobody can give a right that they do not have themselves: %(rights)s.")
            % {"rights": ", ".join(str(one.label) for one in missing)}
        )


def _name(brand: Brand, name: str, *, except_for: BrandRole | None) -> str:
    name = " ".join(name.split())
    if not name:
        raise InputRefused(_("Give the role a name."))
    if len(name) > NAME_CHARACTERS:
        raise InputRefused(_("The name of a role takes at most %(most)s characters.") % {"most": NAME_CHARACTERS})
    if any(role.label.casefold() == name.casefold() for role in brand.roles.all() if role != except_for):
        raise InputRefused(_("There is another role of this name. Choose one that tells them apart."))
    return name


def _in_words(permissions: Collection[Permission]) -> str:
    return ", ".join(sorted(permissions))
