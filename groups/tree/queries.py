"""Reading a brand's tree."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

from django.utils.translation import gettext as _

from groups.errors import InputRefused
from groups.models import Brand, Group

K = TypeVar("K", bound=Hashable)


def brand_by_slug(slug: str) -> Brand:
    """Gives a brand for a command; raises `InputRefused` with the brands that there are."""
    found = Brand.objects.filter(slug=slug).first()
    if found is None:
        known = ", ".join(Brand.objects.order_by("slug").values_list("slug", flat=True)) or _("none yet")
        raise InputRefused(_("There is no brand %(slug)s. There are: %(known)s.") % {"slug": slug, "known": known})
    return found


def group_by_code(brand: Brand, code: str) -> Group:
    """Gives a group for a command; raises `InputRefused` with what to do."""
    found = Group.objects.filter(brand=brand, code=code).select_related("brand").first()
    if found is None:
        raise InputRefused(
            _("The brand %(slug)s has no group %(code)s. Add it with import_groups.")
            % {"slug": brand.slug, "code": code}
        )
    return found


def root_of(brand: Brand) -> Group:
    """Gives the brand's own group; raises `InputRefused` while it has none."""
    found = Group.objects.filter(brand=brand, parent=None).select_related("brand").first()
    if found is None:
        raise InputRefused(
            _("The brand %(slug)s has no groups yet. Add them with import_groups.") % {"slug": brand.slug}
        )
    return found


def in_tree_order(groups: Iterable[Group]) -> list[tuple[int, Group]]:
    """Gives groups with their depth, each below the one that it belongs to, siblings by name.

    A group whose parent is not among them stands at the top.
    """
    listed = {group.pk: group for group in groups}
    ordered = tree_order((group.pk, group.parent_id, group.name) for group in listed.values())
    return [(depth, listed[pk]) for depth, pk in ordered]


def tree_order(groups: Iterable[tuple[K, K | None, str]]) -> list[tuple[int, K]]:
    """Gives the ids of groups with their depth, as `in_tree_order` does; each is an id, its parent's and a name."""
    listed = sorted(groups, key=lambda group: group[2].casefold(), reverse=True)
    known = {pk for pk, _parent, _name in listed}
    below: dict[K | None, list[K]] = {}
    for pk, parent, _name in listed:
        below.setdefault(parent if parent in known else None, []).append(pk)
    ordered: list[tuple[int, K]] = []
    waiting = [(0, pk) for pk in below.get(None, [])]
    while waiting:
        depth, pk = waiting.pop()
        ordered.append((depth, pk))
        waiting += [(depth + 1, one) for one in below.get(pk, [])]
    return ordered


def line_above(group: Group) -> list[Group]:
    """Gives the groups above a group, the brand's own first."""
    above = Group.objects.filter(paths_down__descendant=group, paths_down__depth__gt=0)
    return list(above.order_by("-paths_down__depth"))
