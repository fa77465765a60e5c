"""Finding people."""

from __future__ import annotations

from django.db.models import QuerySet

from groups.models import Brand, Membership, User


def people_of(brand: Brand) -> QuerySet[User]:
    """Gives the people who hold a role in any group of a brand, each once."""
    members = Membership.objects.filter(group__brand=brand).values("user")
    return User.objects.filter(pk__in=members, is_service=False)
