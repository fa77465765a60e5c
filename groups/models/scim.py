"""A brand's directory, which creates, changes and switches off people by SCIM 2.0."""

from __future__ import annotations

import uuid

from django.db import models


class ScimToken(models.Model):
    """A bearer token of a brand's directory; only its hash is kept.

    It gives the roles in `roles` and no others, to people with an address in one of `email_domains`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="scim_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    roles = models.JSONField(default=list)
    email_domains = models.JSONField(default=list)
    created_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    brand_path = "brand"


class ScimPerson(models.Model):
    """A person as a brand's directory knows them.

    The names are those that the directory gave; they become the account's own only where no other brand shares it.
    `kept_roles` are pairs of group id and role that they held when they were switched off.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="scim_people")
    user = models.ForeignKey("groups.User", on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=190, blank=True)
    is_active = models.BooleanField(default=True)
    name = models.CharField(max_length=120, blank=True)
    given_name = models.CharField(max_length=60, blank=True)
    family_name = models.CharField(max_length=60, blank=True)
    kept_roles = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    brand_path = "brand"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["brand", "user"], name="scim_person_once_per_brand"),
            models.UniqueConstraint(
                fields=["brand", "external_id"], condition=~models.Q(external_id=""), name="scim_external_id_once"
            ),
        )


class ScimGroup(models.Model):
    """A group of the directory: whoever is in it holds `role` in `group`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="scim_groups")
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=60)
    external_id = models.CharField(max_length=190, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "role"], name="scim_group_once_per_role"),)

    @property
    def display_name(self) -> str:
        """The group's code and the role's key, as the directory names it."""
        return f"{self.group.code}/{self.role}"
