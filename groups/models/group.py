"""Local units and the tree that they form."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

MAIL_FIELDS: Final = (
    "name",
    "code",
    "street",
    "postal_code",
    "city",
    "country",
    "address",
    "phone",
    "email",
    "manager",
)


class GroupKind(models.TextChoices):
    """The level of a group; the brand's own group is the root of its tree."""

    BRAND = "brand", _("Head office")
    REGION = "region", _("Region")
    STORE = "store", _("Store")


class ReviewPolicy(models.TextChoices):
    """Whether a mailing needs a second person; the strictest that applies wins."""

    INHERIT = "inherit", _("As the level above")
    NONE = "none", _("No review for people who may send")
    ONE_LEVEL = "one_level", _("One approval")
    TWO_LEVELS = "two_levels", _("Two levels: review, then approval")


class Group(models.Model):
    """A local unit: it owns members, audiences, images and mailings, and has its own message variation ID."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="groups")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=20, choices=GroupKind, default=GroupKind.STORE)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=2, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    manager = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    sender_name = models.CharField(max_length=100, blank=True)
    sender_address = models.EmailField(blank=True)
    reply_to = models.EmailField(blank=True)
    variation_id = models.CharField(max_length=64, blank=True)
    review_policy = models.CharField(max_length=20, choices=ReviewPolicy, default=ReviewPolicy.INHERIT)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "self"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["brand", "code"], name="group_code_once_per_brand"),
            models.UniqueConstraint(
                fields=["brand"], condition=models.Q(parent__isnull=True), name="group_one_root_per_brand"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def postal_address(self) -> str:
        """The address on one line, as a law-abiding footer needs it."""
        town = " ".join(part for part in (self.postal_code, self.city) if part)
        return ", ".join(part for part in (self.street, town, self.country) if part)

    def mail_fields(self) -> dict[str, str]:
        """Gives the group fields that every brand has, by `MAIL_FIELDS`; the brand's own come from `groups.tree`."""
        return {name: self.postal_address if name == "address" else getattr(self, name) for name in MAIL_FIELDS}


class GroupPath(models.Model):
    """One line of the tree's closure table: every group with each group above it, itself included (depth 0)."""

    ancestor = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="paths_down")
    descendant = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="paths_up")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ancestor", "descendant"], name="group_path_once"),)
