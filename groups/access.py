"""The only door from (person, id) to an object: what somebody may not see does not exist for them.

Each model names its way to its group (`group_path`, product rows of one group) or to its brand (`brand_path`, things of
the brand as a whole, for which the permission must be held on the brand's own group). `"self"` means the object itself.
A model that shows people of a list names its way to the word that keeps them from those above (`private_path`).
What belongs to one person alone, whatever they may do, names its way to them (`person_path`).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q, QuerySet
from django.http import Http404

from groups.models import Audience, AudienceMember, Brand, Group, GroupPath, Membership, User
from groups.roles import FEATURE_OF, Feature, Permission

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Rights:
    """What a person may do in one group, in the brand as a whole, and in some group of it or other."""

    here: frozenset[Permission] = frozenset()
    for_brand: frozenset[Permission] = frozenset()
    anywhere: frozenset[Permission] = frozenset()

    def within(self, other: Rights) -> Rights:
        """Gives the rights that both hold."""
        return Rights(self.here & other.here, self.for_brand & other.for_brand, self.anywhere & other.anywhere)


@dataclass(slots=True)
class RightsMemory:
    """What was read of rights: the roles of people by brand, and the groups above a group with what is off there."""

    held: dict[tuple[uuid.UUID, uuid.UUID], Held] = field(default_factory=dict)
    above: dict[uuid.UUID, list[tuple[uuid.UUID, str | None]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """What a person holds in a brand: by the group of the role, and on the brand's own group."""

    by_group: Mapping[uuid.UUID, Set[Permission]]
    for_brand: frozenset[Permission]


def groups_with(user: User, permission: Permission, *, not_lent_by: Collection[User] = ()) -> QuerySet[Group]:
    """Gives the groups in which a person holds a permission, by a role on the group or on one above it.

    On a brand's pages only groups of that brand count. A role that has ended gives nothing, and neither does one that
    a person of `not_lent_by` has delegated. A feature that is switched off takes its permissions from everybody.
    Whoever acts as somebody holds what both of them hold, and whoever acts by a token what it lets them do of that.
    """
    if not user.is_active or (user.scopes is not None and permission not in user.scopes):
        return Group.objects.none()
    held = Membership.objects.filter(Membership.live(), user=user, role__grants__permission=permission)
    if not_lent_by:
        held = held.exclude(delegated_from__user__in=[lender.pk for lender in not_lent_by])
    below = GroupPath.objects.filter(ancestor__in=held.values("group"))
    groups = Group.objects.filter(pk__in=below.values("descendant"))
    if (feature := FEATURE_OF.get(permission)) is not None:
        groups = groups.exclude(pk__in=groups_without(feature).values("descendant"))
    if user.on_pages_of is not None:
        groups = groups.filter(brand=user.on_pages_of)
    if user.acted_by is not None:
        groups = groups.filter(pk__in=groups_with(user.acted_by, permission, not_lent_by=not_lent_by).values("pk"))
    return groups


def groups_without(feature: Feature) -> QuerySet[GroupPath]:
    """Gives the paths to the groups in which a feature is switched off, there or further up."""
    return GroupPath.objects.filter(ancestor__features_off__feature=feature)


def groups_held(user: User, permission: Permission) -> QuerySet[Group]:
    """Gives the groups in which a person holds a permission by a role on that very group, not on one above it."""
    held = Membership.objects.filter(Membership.live(), user=user, role__grants__permission=permission)
    groups = groups_with(user, permission).filter(pk__in=held.values("group"))
    if user.acted_by is not None:
        groups = groups.filter(pk__in=groups_held(user.acted_by, permission).values("pk"))
    return groups


def open_members(user: User, permission: Permission) -> Q:
    """A condition on members of lists: the list is not kept from those above its group, or they are not above it.

    Says nothing of the right itself, which the caller asks for (catalogue A15).
    """
    return _open(user, AudienceMember, "audience__group", permission)


def may_see_people(user: User, audience: Audience, permission: Permission = Permission.SEE_CONTACTS) -> bool:
    """Tells whether a person may see who is on a list, and not only how many are (catalogue A15).

    For whoever holds the permission in the group of the list; two queries at most.
    """
    if not may(user, permission, audience.group):
        return False
    return not audience.is_private or groups_held(user, permission).filter(pk=audience.group_id).exists()


def has_feature(group: Group, feature: Feature) -> bool:
    """Tells whether a group may use a feature."""
    return not groups_without(feature).filter(descendant=group).exists()


def rights_of(user: User, brand: Brand, group: Group | None) -> Rights:
    """Gives all that a person may do, for what a page offers; two queries, three for an admin who acts as somebody."""
    return _rights(user, brand.pk, group, user.rights_memory or RightsMemory())


def remember_rights(user: User) -> None:
    """Lets a person's rights be read once for all that a page shows; two queries then, however often it asks.

    For requests that show something and do nothing: whatever acts asks anew, at the moment of the act.
    """
    user.rights_memory = RightsMemory()
    if user.acted_by is not None:
        user.acted_by.rights_memory = user.rights_memory


def brands_with(user: User, permission: Permission) -> QuerySet[Brand]:
    """Gives the brands on whose own group a person holds a permission."""
    return Brand.objects.filter(pk__in=groups_with(user, permission).filter(parent=None).values("brand"))


def may(user: User, permission: Permission, group: Group, *, not_lent_by: Collection[User] = ()) -> bool:
    """Tells whether a person holds a permission in a group, other than by what somebody of `not_lent_by` delegated."""
    if user.rights_memory is not None and not not_lent_by:
        if user.on_pages_of is not None and user.on_pages_of.pk != group.brand_id:
            return False
        return permission in _rights(user, group.brand_id, group, user.rights_memory).here
    return groups_with(user, permission, not_lent_by=not_lent_by).filter(pk=group.pk).exists()


def visible(user: User, model: type[M], permission: Permission) -> QuerySet[M]:
    """Gives the objects of a model for which a person holds a permission; each object once."""
    objects: QuerySet[M] = model._default_manager.all()  # Django's documented name
    group_path = getattr(model, "group_path", None)
    if group_path is not None:
        groups = groups_with(user, permission)
        if group_path == "self":
            # Asked of the groups once more, a database without statistics compares each with each.
            return cast("QuerySet[M]", groups)
        found = model._default_manager.filter(
            _open(user, model, group_path, permission), **{f"{group_path}__in": groups}
        )
        return objects.filter(pk__in=found.values("pk"))
    brand_path: str = model.brand_path  # type: ignore[attr-defined]  # one of the two stands on every guarded model
    brands = brands_with(user, permission)
    return objects.filter(**{"pk__in" if brand_path == "self" else f"{brand_path}__in": brands.values("pk")})


def get(user: User, model: type[M], id: Any, permission: Permission) -> M:
    """Gives the object of an id for which a person holds a permission; raises `Http404` for anything else."""
    return _one(visible(user, model, permission), id)


def own(user: User, model: type[M]) -> QuerySet[M]:
    """Gives the objects of a model that belong to a person alone; on a brand's pages those of that brand."""
    objects = model._default_manager.filter(**{model.person_path: user})  # type: ignore[attr-defined]
    if user.on_pages_of is None:
        return objects
    return objects.filter(**{model.brand_path: user.on_pages_of})  # type: ignore[attr-defined]


def get_own(user: User, model: type[M], id: Any) -> M:
    """Gives the object of an id that belongs to a person alone; raises `Http404` for anything else."""
    return _one(own(user, model), id)


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
    holders = Membership.objects.filter(Membership.live(), group__in=above, role__grants__permission=permission)
    return User.objects.filter(pk__in=holders.values("user"), is_active=True, is_service=False)


def one_of(objects: QuerySet[M], id: Any) -> M:
    """Gives the object of an id among objects that were narrowed already; raises `Http404` for anything else."""
    return _one(objects, id)


def _open(user: User, model: type[Model], group_path: str, permission: Permission) -> Q:
    """A condition that keeps what hangs on a private list from those above its group; one for all joins of a filter."""
    private_path: str = getattr(model, "private_path", "")
    if not private_path:
        return Q()
    return Q(**{private_path: False}) | Q(**{f"{group_path}__in": groups_held(user, permission)})


def _one(objects: QuerySet[M], id: Any) -> M:
    try:
        return objects.get(pk=id if isinstance(id, uuid.UUID | int) else uuid.UUID(str(id)))
    except (ObjectDoesNotExist, ValueError) as error:
        raise Http404 from error


def _rights(user: User, brand_id: uuid.UUID, group: Group | None, memory: RightsMemory) -> Rights:
    if not user.is_active:
        return Rights()
    held = _held(user, brand_id, memory)
    here: set[Permission] = set()
    switched_off: set[Permission] = set()
    for ancestor_id, feature in _above(group, memory) if group is not None else ():
        here |= held.by_group.get(ancestor_id, set())
        switched_off |= {permission for permission, of in FEATURE_OF.items() if of == feature}
    rights = Rights(
        here=frozenset(here - switched_off),
        for_brand=held.for_brand,
        anywhere=frozenset(permission for held_there in held.by_group.values() for permission in held_there),
    )
    if user.scopes is not None:
        rights = rights.within(Rights(user.scopes, user.scopes, user.scopes))
    return rights if user.acted_by is None else rights.within(_rights(user.acted_by, brand_id, group, memory))


def _held(user: User, brand_id: uuid.UUID, memory: RightsMemory) -> Held:
    if (user.pk, brand_id) not in memory.held:
        by_group: dict[uuid.UUID, set[Permission]] = {}
        for_brand: set[Permission] = set()
        for group_id, parent_id, permission in Membership.objects.filter(
            Membership.live(), user=user, group__brand=brand_id
        ).values_list("group_id", "group__parent_id", "role__grants__permission"):
            if permission is not None:
                by_group.setdefault(group_id, set()).add(Permission(permission))
                if parent_id is None:
                    for_brand.add(Permission(permission))
        memory.held[user.pk, brand_id] = Held(by_group, frozenset(for_brand))
    return memory.held[user.pk, brand_id]


def _above(group: Group, memory: RightsMemory) -> list[tuple[uuid.UUID, str | None]]:
    if group.pk not in memory.above:
        paths = GroupPath.objects.filter(descendant=group)
        memory.above[group.pk] = list(paths.values_list("ancestor_id", "ancestor__features_off__feature"))
    return memory.above[group.pk]
