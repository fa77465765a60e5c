"""Finding people, and what they hold."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from groups.access import groups_with
from groups.models import Brand, BrandRole, Group, Invitation, Membership, User
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
    held = Membership.objects.filter(Membership.live(), group__in=managed_groups(user, brand), user__is_service=False)
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
