"""The list of groups: found, in the order of the tree, a page at a time, with who is in them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast

from groups.models import Group, Membership
from groups.tree.queries import tree_order

PAGE_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; all empty means every group."""

    words: str = ""
    below: Group | None = None
    kind: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group of the list: `depth` is how many of the found groups stand above it, `members` hold a role in it."""

    group: Group
    depth: int
    members: int


def found(groups: QuerySet[Group], wish: Wish) -> QuerySet[Group]:
    """Narrows groups to what is looked for."""
    if wish.words:
        groups = groups.filter(Q(name__icontains=wish.words) | Q(code__icontains=wish.words))
    if wish.below is not None:
        groups = groups.filter(paths_up__ancestor=wish.below)
    if wish.kind:
        groups = groups.filter(kind=wish.kind)
    if wish.state:
        groups = groups.filter(closed_at__isnull=wish.state == "open")
    return groups


def page_of(groups: QuerySet[Group], number: str | None) -> Page[tuple[int, str]]:
    """Gives a page of groups in the order of the tree, each after the one above it; one query.

    Their ids are text as the database writes it, because making so many of `uuid.UUID` takes longer than all the rest.
    """
    key, above = Cast("pk", CharField()), Cast("parent_id", CharField())
    ordered = tree_order(groups.order_by().values_list(key, above, "name"))
    return Paginator(ordered, PAGE_SIZE).get_page(number)


def lines_of(page: Page[tuple[int, str]]) -> list[GroupLine]:
    """Gives the groups of a page with their members; two queries, whatever stands on it."""
    depths = {uuid.UUID(key): depth for depth, key in page.object_list}
    ids = list(depths)
    groups = Group.objects.select_related("parent").in_bulk(ids)
    members = members_of(ids)
    return [GroupLine(groups[pk], depth, members.get(pk, 0)) for pk, depth in depths.items() if pk in groups]


def members_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Counts the people who hold a role in each group itself, by group; one query."""
    held = Membership.objects.filter(Membership.live(), group__in=ids, user__is_active=True, user__is_service=False)
    counted = held.order_by().values("group").annotate(people=Count("user", distinct=True))
    return dict(counted.values_list("group", "people"))
