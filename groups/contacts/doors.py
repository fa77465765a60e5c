"""The door to one contact, also to one who is on no list."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from groups import access
from groups.models import AudienceMember, Contact, User
from groups.roles import Permission


def contact_for(reader: User, contact_id: Any, permission: Permission) -> Contact:
    """Gives a contact of a group where a person holds a permission; who holds it for the brand also those of no list.

    Raises `Http404` for anybody else, for who is only on lists that are kept from those above (A15), and for whoever
    was erased.
    """
    on_their_lists = access.visible(reader, Contact, permission).filter(pk=contact_id)
    of_no_list = ~Exists(AudienceMember.objects.filter(contact=OuterRef("pk")))
    of_their_brand = Q(of_no_list, brand__in=access.brands_with(reader, permission).values("pk"))
    people = Contact.objects.select_related("brand").filter(erased_at=None)
    return access.one_of(people.filter(Q(pk__in=on_their_lists.values("pk")) | of_their_brand), contact_id)
