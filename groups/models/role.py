"""A brand's roles: named bundles of permissions that the brand may edit."""

from __future__ import annotations

import uuid

from django.db import models

from groups.roles import Permission, Role


class BrandRole(models.Model):
    """One role of a brand: a shipped one under its own key, or one that the brand made itself.

    `name` is empty for a shipped role that keeps the name it came with, which follows the language of the page.
    `position` orders the shipped ones as the table of rights does; a brand's own come after them, by name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="roles")
    key = models.CharField(max_length=30)
    name = models.CharField(max_length=60, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "key"], name="role_key_once_per_brand"),)
        ordering = ("position", "name", "key")

    def __str__(self) -> str:
        return self.label

    @property
    def is_shipped(self) -> bool:
        """Whether the portal came with this role; such a role can be set back, not deleted."""
        return self.key in Role

    @property
    def label(self) -> str:
        """The name that people read."""
        return self.name or (str(Role(self.key).label) if self.is_shipped else self.key)


class RoleGrant(models.Model):
    """One permission of a role."""

    role = models.ForeignKey(BrandRole, on_delete=models.CASCADE, related_name="grants")
    permission = models.CharField(max_length=30, choices=Permission)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["role", "permission"], name="role_grant_once"),)
