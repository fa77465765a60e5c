"""Where a person stands after signing in."""

from __future__ import annotations

from groups.access import groups_with
from groups.models import Brand, Group, User
from groups.roles import Permission

_LEVELS = {"brand": 0, "region": 1, "store": 2}


def home_group(user: User, brand: Brand) -> Group | None:
    """Gives the group that a person lands in: the highest of those in which they hold a role themselves."""
    # The few groups of their own come first: the other way round the database would go through all of a large brand.
    own = list(Group.objects.filter(brand=brand, closed_at=None, memberships__user=user).values_list("pk", flat=True))
    mine = groups_with(user, Permission.SEE_MAILINGS).filter(pk__in=own)
    return min(mine, key=lambda group: (_LEVELS.get(group.kind, len(_LEVELS)), group.name), default=None)
