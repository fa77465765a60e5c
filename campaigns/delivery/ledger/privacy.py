"""Lists that are kept from those above their group: who may read the people of a mailing to one (catalogue A15)."""

from __future__ import annotations

from django.db.models import Q

from campaigns.models import Mailing
from groups.access import groups_held
from groups.models import User
from groups.roles import Permission


def is_kept_from(reader: User, mailing: Mailing) -> bool:
    """Tells whether a mailing went to a private list that a person may not look into; the counts stay open."""
    if mailing.audience is None or not mailing.audience.is_private:
        return False
    return not groups_held(reader, Permission.SEE_CONTACTS).filter(pk=mailing.audience.group_id).exists()


def open_deliveries(reader: User) -> Q:
    """A condition on rows of deliveries: their mailing did not go to a list that is kept from the reader."""
    path = "delivery__mailing__audience"
    held = groups_held(reader, Permission.SEE_CONTACTS)
    return Q(**{path: None}) | Q(**{f"{path}__is_private": False}) | Q(**{f"{path}__group__in": held})
