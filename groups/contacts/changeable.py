"""Who may change whom: the one rule for files and for what is typed."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from groups import access
from groups.models import AudienceMember, Brand, Contact, Erasure, User
from groups.roles import Permission


def changeable(actor: User, brand: Brand, contact_ids: Collection[UUID]) -> set[UUID]:
    """Gives whom of some contacts a person may change: those on a list of a group where they manage contacts.

    Whoever manages the contacts of the brand's own group may change everybody, also who is on no list at all.
    """
    groups = access.groups_with(actor, Permission.MANAGE_CONTACTS).filter(brand=brand)
    if groups.filter(parent=None).exists():
        return set(contact_ids)
    theirs = AudienceMember.objects.filter(contact__in=contact_ids, audience__group__in=groups)
    return set(theirs.values_list("contact", flat=True))


def may_change(actor: User, contact: Contact) -> bool:
    """Tells whether a person may change a contact; nobody changes one whose erasure was asked for."""
    is_to_go = Erasure.objects.filter(contact=contact).exists()
    return not is_to_go and contact.pk in changeable(actor, contact.brand, [contact.pk])
