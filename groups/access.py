"""The only door from (person, id) to an object: what somebody may not see does not exist for them.

Each model names its way to its group (`group_path`, product rows of one group) or to its brand (`brand_path`, things of
the brand as a whole, for which the permission must be held on the brand's own group). `"self"` means the object itself.
"""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, QuerySet
from django.http import Http404

from groups.models import Brand, Group, GroupPath, Membership, User
from groups.roles import Permission, roles_with

M = TypeVar("M", bound=Model)


def groups_with(user: User, permission: Permission) -> QuerySet[Group]:
    """Gives the groups in which a person holds a permission, by a role on the group or on one above it.

    On a brand's pages only groups of that brand count.
    """
    if not user.is_active:
        return Group.objects.none()
    below = GroupPath.objects.filter(
        ancestor__memberships__user=user, ancestor__memberships__role__in=roles_with(permission)
    )
    groups = Group.objects.filter(pk__in=below.values("descendant"))
    return groups if user.on_pages_of is None else groups.filter(brand=user.on_pages_of)


def brands_with(user: User, permission: Permission) -> QuerySet[Brand]:
    """Gives the brands on whose own group a person holds a permission."""
    return Brand.objects.filter(pk__in=groups_with(user, permission).filter(parent=None).values("brand"))


def may(user: User, permission: Permission, group: Group) -> bool:
    """Tells whether a person holds a permission in a group."""
    return groups_with(user, permission).filter(pk=group.pk).exists()


def visible(user: User, model: type[M], permission: Permission) -> QuerySet[M]:
    """Gives the objects of a model for which a person holds a permission; each object once."""
    objects: QuerySet[M] = model._default_manager.all()  # Django's documented name
    group_path = getattr(model, "group_path", None)
    if group_path is not None:
        groups = groups_with(user, permission)
        if group_path == "self":
            return objects.filter(pk__in=groups.values("pk"))
        found = model._default_manager.filter(**{f"{group_path}__in": groups})
        return objects.filter(pk__in=found.values("pk"))
    brand_path: str = model.brand_path  # type: ignore[attr-defined]  # one of the two stands on every guarded model
    brands = brands_with(user, permission)
    return objects.filter(**{"pk__in" if brand_path == "self" else f"{brand_path}__in": brands.values("pk")})


def get(user: User, model: type[M], id: Any, permission: Permission) -> M:
    """Gives the object of an id for which a person holds a permission; raises `Http404` for anything else."""
    return _one(visible(user, model, permission), id)


def get_usable(group: Group, model: type[M], id: Any) -> M:
    """Gives an object that a group may use: its own, one inherited from a group above, or one of its brand.

    For ids in form fields, after the group itself came through `get`. Raises `Http404` for anything else.
    """
    return _one(usable(group, model), id)


def usable(group: Group, model: type[M]) -> QuerySet[M]:
    """Gives the objects that a group may use: its own, inherited ones, and those of its brand."""
    group_path = getattr(model, "group_path", None)
    if group_path is None:
        return model._default_manager.filter(**{model.brand_path: group.brand_id})  # type: ignore[attr-defined]
    if getattr(model, "is_inherited", False):
        return model._default_manager.filter(**{f"{group_path}__paths_down__descendant": group})
    return model._default_manager.filter(**{group_path: group})


def members_with(group: Group, permission: Permission) -> QuerySet[User]:
    """Gives the active people who hold a permission in a group, for notices."""
    above = GroupPath.objects.filter(descendant=group).values("ancestor")
    holders = Membership.objects.filter(group__in=above, role__in=roles_with(permission)).values("user")
    return User.objects.filter(pk__in=holders, is_active=True, is_service=False)


def one_of(objects: QuerySet[M], id: Any) -> M:
    """Gives the object of an id among objects that were narrowed already; raises `Http404` for anything else."""
    return _one(objects, id)


def _one(objects: QuerySet[M], id: Any) -> M:
    try:
        return objects.get(pk=id if isinstance(id, uuid.UUID | int) else uuid.UUID(str(id)))
    except (ObjectDoesNotExist, ValueError) as error:
        raise Http404 from error
