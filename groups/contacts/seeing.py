"""Which attributes of contacts are seen by whom."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from groups import access
from groups.models import Attribute, Audience, Contact, ContactImport, Group, User
from groups.roles import Permission


def attributes_seen_in(brand_id: UUID, groups: Collection[Group]) -> QuerySet[Attribute]:
    """Gives the attributes that any of some groups of a brand may see.

    Those that their files brought, and the brand's merge tags; the brand's own group sees all that the brand allows.
    """
    allowed = Attribute.objects.filter(brand=brand_id).order_by("is_custom", "name")
    if any(group.parent_id is None for group in groups):
        return allowed
    mapped = ContactImport.objects.filter(Q(rows_new__gt=0) | Q(rows_updated__gt=0), audience__group__in=groups)
    names = {name for mapping in mapped.order_by().values_list("mapping", flat=True) for name in mapping.values()}
    return allowed.filter(Q(is_merge_tag=True) | Q(name__in=names))


def attributes_seen_of(contact: Contact, reader: User, permission: Permission) -> QuerySet[Attribute]:
    """Gives the attributes of a contact that a person sees: those of the groups that have the contact on a list.

    `permission` is what the person must hold in such a group, to see or to change. Who holds it for the brand as a
    whole sees all that the brand allows.
    """
    groups = access.groups_with(reader, permission).filter(brand=contact.brand_id)
    root = groups.filter(parent=None).first()
    if root is not None:
        return attributes_seen_in(contact.brand_id, [root])
    with_them = Audience.objects.filter(members__contact=contact).values("group")
    return attributes_seen_in(contact.brand_id, list(groups.filter(pk__in=with_them)))
