"""Reading a brand's tree."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.utils.translation import gettext as _

from groups.errors import InputRefused
from groups.models import Brand, Group


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
    listed = list(groups)
    known = {group.pk for group in listed}
    below: dict[uuid.UUID | None, list[Group]] = {}
    for group in sorted(listed, key=lambda group: group.name.casefold(), reverse=True):
        below.setdefault(group.parent_id if group.parent_id in known else None, []).append(group)
    ordered: list[tuple[int, Group]] = []
    waiting = [(0, group) for group in below.get(None, [])]
    while waiting:
        depth, group = waiting.pop()
        ordered.append((depth, group))
        waiting += [(depth + 1, one) for one in below.get(group.pk, [])]
    return ordered
