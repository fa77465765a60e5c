"""What the head of a page offers: the person's groups in this brand, where they stand, and what they may open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from campaigns.home import home_group
from groups.access import groups_with
from groups.models import Brand, Group, GroupPath, Membership, User
from groups.roles import PERMISSIONS, Permission, Role

GROUPS_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Navigation:
    """The choices of a page's head: each `may` has every permission's name with whether it is held.

    `may` is about `group`, `may_for_brand` about the brand's own group, `may_anywhere` about any group of the brand.
    `groups` are at most `GROUPS_SHOWN`; `has_more_groups` tells that there are others. `room` is the entry of the
    page, or empty.
    """

    group: Group | None
    room: str = ""
    groups: tuple[Group, ...] = ()
    has_more_groups: bool = False
    may: Mapping[str, bool] = field(default_factory=dict)
    may_for_brand: Mapping[str, bool] = field(default_factory=dict)
    may_anywhere: Mapping[str, bool] = field(default_factory=dict)


# By the name of a page, or else by its first word.
_ROOMS = {
    "mailing": "mailings",
    "batch": "mailings",
    "template-wall": "mailings",
    "review": "approvals",
    "audience": "audiences",
    "contact": "audiences",
    "import": "audiences",
    "segment": "audiences",
    "image": "images",
    "template": "templates",
    "snippet": "templates",
    "merge": "templates",
    "rule": "rules",
    "group": "groups",
    "workspace": "workspace",
    "second": "sign-in",
    "sso": "sign-in",
    "directory": "sign-in",
}


def navigation_of(user: User, brand: Brand, group: Group | None, page: str = "") -> Navigation:
    """Gives the navigation of a person who stands in a group, else in their first one; four queries at most.

    The group must have come through `groups.access`, or be None. `page` is the name of the page's address.
    """
    groups = tuple(
        groups_with(user, Permission.SEE_MAILINGS)
        .filter(brand=brand, closed_at=None)
        .order_by("parent__parent_id", "parent_id", "name")
        .only("id", "name", "kind", "code", "brand_id", "parent_id")[: GROUPS_SHOWN + 1]
    )
    standing = group or home_group(user, brand)
    held = Membership.objects.filter(user=user, group__brand=brand)
    roles = tuple(held.values_list("role", "group_id", "group__parent_id"))
    above = set(GroupPath.objects.filter(descendant=standing).values_list("ancestor_id", flat=True)) if standing else ()
    return Navigation(
        group=standing,
        room=_ROOMS.get(page) or _ROOMS.get(page.partition("-")[0], ""),
        groups=groups[:GROUPS_SHOWN],
        has_more_groups=len(groups) > GROUPS_SHOWN,
        may=_held(role for role, group_id, _ in roles if group_id in above),
        may_for_brand=_held(role for role, _, parent_id in roles if parent_id is None),
        may_anywhere=_held(role for role, _, _ in roles),
    )


def _held(roles: Iterable[str]) -> dict[str, bool]:
    permissions = {permission for role in roles for permission in PERMISSIONS[Role(role)]}
    return {permission.value: permission in permissions for permission in Permission}
