"""What the head of a page offers: the person's groups in this brand, where they stand, and what they may open."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from campaigns.home.standing import home_group
from groups.access import groups_with, rights_of
from groups.models import Brand, Group, User
from groups.roles import Permission

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

    @property
    def is_administration(self) -> bool:
        """Whether the page is one of those that stand in the menu for admins."""
        return self.room in _ADMINISTRATION


_ADMINISTRATION = frozenset(
    {"groups", "people", "roles", "rules", "sign-in", "workspace", "brand", "webhooks", "trail"}
)
# By the name of a page, or else by its first word.
_ROOMS = {
    "home": "home",
    "calendar": "calendar",
    "report": "reports",
    "practice": "mailings",
    "mailing": "mailings",
    "batch": "mailings",
    "template-wall": "mailings",
    "review": "approvals",
    "rollout": "rollouts",
    "audience": "audiences",
    "contact": "audiences",
    "erasure": "audiences",
    "import": "audiences",
    "segment": "audiences",
    "suppression": "audiences",
    "consent": "audiences",
    "image": "images",
    "template": "templates",
    "snippet": "templates",
    "merge": "templates",
    "rule": "rules",
    "group": "groups",
    "variation": "groups",
    "person": "people",
    "role": "roles",
    "workspace": "workspace",
    "brand": "brand",
    "second": "sign-in",
    "sso": "sign-in",
    "directory": "sign-in",
    "webhook": "webhooks",
    "event": "trail",
}


def navigation_of(user: User, brand: Brand, group: Group | None, page: str = "") -> Navigation:
    """Gives the navigation of a person who stands in a group, else in their first one; five queries at most.

    The group must have come through `groups.access`, or be None. `page` is the name of the page's address.
    """
    standing = group or home_group(user, brand)
    rights = rights_of(user, brand, standing)
    # Whoever sees the whole brand sees each of its groups: nothing has to be looked up in the tree.
    sees_all = Permission.SEE_MAILINGS in rights.for_brand
    seen = Group.objects.all() if sees_all else groups_with(user, Permission.SEE_MAILINGS)
    groups = tuple(
        seen.filter(brand=brand, closed_at=None)
        .order_by("parent__parent_id", "parent_id", "name")
        .only("id", "name", "kind", "code", "brand_id", "parent_id")[: GROUPS_SHOWN + 1]
    )
    return Navigation(
        group=standing,
        room=_ROOMS.get(page) or _ROOMS.get(page.partition("-")[0], ""),
        groups=groups[:GROUPS_SHOWN],
        has_more_groups=len(groups) > GROUPS_SHOWN,
        may=_named(rights.here),
        may_for_brand=_named(rights.for_brand),
        may_anywhere=_named(rights.anywhere),
    )


def _named(held: Set[Permission]) -> dict[str, bool]:
    return {permission.value: permission in held for permission in Permission}
