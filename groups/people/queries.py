"""Finding people, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from groups.access import brands_with, groups_with
from groups.models import Brand, BrandRole, Group, GroupPath, Invitation, Membership, User
from groups.roles import Permission


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list of people is narrowed to; all empty means everybody."""

    text: str = ""
    group: Group | None = None
    role: BrandRole | None = None


def people_of(brand: Brand) -> QuerySet[User]:
    """Gives the people who hold a role in any group of a brand, each once."""
    members = Membership.objects.filter(Membership.live(), group__brand=brand).values("user")
    return User.objects.filter(pk__in=members, is_service=False)


def managed_groups(user: User, brand: Brand) -> QuerySet[Group]:
    """Gives the groups of a brand whose people somebody manages."""
    return groups_with(user, Permission.MANAGE_USERS).filter(brand=brand)


def managed_memberships(user: User, brand: Brand) -> QuerySet[Membership]:
    """Gives the roles, on loan or not, in groups whose people somebody manages."""
    held = Membership.objects.filter(Membership.live(), user__is_service=False)
    if brands_with(user, Permission.MANAGE_USERS).filter(pk=brand.pk).exists():
        held = held.filter(group__brand=brand)
    else:
        held = held.filter(group__in=managed_groups(user, brand))
    return held.select_related("group__brand", "role", "user", "delegated_from__user").order_by("group__name", "pk")


def managed_people(user: User, brand: Brand, wanted: Wanted | None = None) -> QuerySet[User]:
    """Gives the people with a role in a group that somebody manages, by name, with these roles in `roles_here`."""
    wanted = wanted or Wanted()
    roles = managed_memberships(user, brand)
    named = roles
    if wanted.group is not None:
        named = named.filter(group__paths_up__ancestor=wanted.group)
    if wanted.role is not None:
        named = named.filter(role=wanted.role)
    people = User.objects.filter(pk__in=named.order_by().values("user"))
    if wanted.text:
        people = people.filter(Q(name__icontains=wanted.text) | Q(email__icontains=wanted.text))
    return people.prefetch_related(Prefetch("memberships", queryset=roles, to_attr="roles_here")).order_by("name", "pk")


def open_invitations(user: User, brand: Brand) -> QuerySet[Invitation]:
    """Gives the invitations into groups that somebody manages which nobody has taken up yet, those that ran out too."""
    return (
        Invitation.objects.filter(group__in=managed_groups(user, brand), accepted_at=None, withdrawn_at=None)
        .select_related("group__brand", "role", "invited_by")
        .order_by("-created_at")
    )


def own_memberships(user: User, brand: Brand) -> QuerySet[Membership]:
    """Gives the roles that somebody holds themselves in a brand, with those whom they lent each to."""
    lent = Membership.objects.filter(until__gt=timezone.now()).select_related("user").order_by("until")
    return (
        user.memberships.filter(Membership.live(), group__brand=brand)
        .select_related("group__brand", "role", "delegated_from__user")
        .prefetch_related(Prefetch("delegations", queryset=lent))
        .order_by("group__name", "pk")
    )


def colleagues_of(user: User, group: Group) -> QuerySet[User]:
    """Gives the people in whose name somebody may write for a group (G6), those of the group and above it first.

    They are active and hold a role on the group, above it or below it, and there the person writes mailings too: head
    office is nobody's guise who writes for one store.
    """
    held = _near(group).filter(group__in=groups_with(user, Permission.EDIT_MAILINGS))
    above = held.filter(group__in=GroupPath.objects.filter(descendant=group).values("ancestor"))
    people = User.objects.filter(pk__in=held.values("user"), is_active=True, is_service=False)
    return people.annotate(is_near=Exists(above.filter(user=OuterRef("pk")))).order_by("-is_near", "name", "pk")


def belongs_to(user: User, group: Group) -> bool:
    """Tells whether a person is active and holds a role on a group, above it or below it."""
    return user.is_active and _near(group).filter(user=user).exists()


def _near(group: Group) -> QuerySet[Membership]:
    above = GroupPath.objects.filter(descendant=group).values("ancestor")
    below = GroupPath.objects.filter(ancestor=group).values("descendant")
    return Membership.objects.filter(Membership.live(), Q(group__in=above) | Q(group__in=below))
