"""Growing a brand's tree of groups, one by one; `importing` does it from a file."""

from __future__ import annotations

from typing import Final, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from groups import audit
from groups.errors import InputRefused
from groups.models import Brand, Group, GroupKind, GroupPath, User
from groups.people.admins import lock_people
from groups.people.roles import ship_roles
from groups.tree.rules import demand_open, kind_problem

LEVELS: Final = 5


class GroupFields(TypedDict, total=False):
    """The fields of a group besides its place in the tree and its name."""

    street: str
    postal_code: str
    city: str
    country: str
    phone: str
    email: str
    manager: str
    language: str
    time_zone: str
    sender_name: str
    sender_address: str
    reply_to: str
    variation_id: str
    review_policy: str


@transaction.atomic
def add_group(
    *,
    brand: Brand,
    parent: Group | None,
    code: str,
    name: str,
    kind: GroupKind,
    actor: User | None,
    **fields: Unpack[GroupFields],
) -> Group:
    """Adds a group below `parent` (None: the brand's own) and its lines of the closure table.

    Raises `InputRefused` for a code that is taken, a second root, a sixth level, and a parent that is closed, of
    another brand, or under which no such group stands.
    """
    lock_people(brand)
    if parent is not None and parent.brand_id != brand.pk:
        raise InputRefused(_("The group above belongs to another brand."))
    if parent is None and Group.objects.filter(brand=brand, parent=None).exists():
        raise InputRefused(_("The brand has its own group already. Say which group the new one stands below."))
    if Group.objects.filter(brand=brand, code=code).exists():
        raise InputRefused(_("The code %(code)s is taken by another group of the brand.") % {"code": code})
    if parent is not None:
        parent.refresh_from_db(fields=["closed_at"])
        demand_open(parent)
        if problem := kind_problem(kind, parent):
            raise InputRefused(problem)
    above = GroupPath.objects.filter(descendant=parent).order_by("depth") if parent else GroupPath.objects.none()
    if above.count() >= LEVELS:
        raise InputRefused(_("The tree takes %(levels)s levels. Put the group further up.") % {"levels": LEVELS})
    group = Group.objects.create(brand=brand, parent=parent, code=code, name=name, kind=kind, **fields)
    GroupPath.objects.bulk_create(
        [
            GroupPath(ancestor=group, descendant=group, depth=0),
            *(GroupPath(ancestor_id=path.ancestor_id, descendant=group, depth=path.depth + 1) for path in above),
        ]
    )
    if parent is None:
        ship_roles(brand)
    audit.record("group.added", actor=actor, target=group, group=group, code=code)
    return group
