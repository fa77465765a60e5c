"""Which attributes of a contact the brand allows."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class AttributeKind(models.TextChoices):
    """The type of an attribute's value."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    BOOLEAN = "boolean", _("Yes or no")


class Attribute(models.Model):
    """An attribute that files may bring and that mails may use (product.md, section 2, line 13).

    `name` is the portal's word, `braze_name` the key in `users.track`, `liquid_name` the name in Liquid, which differs
    for some standard attributes (contract section 17). Filters may compare those that are a target; `mirrored_at` is
    when the contacts that have it were told to bring it to Braze as a custom attribute, where that is needed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="attributes")
    name = models.SlugField(max_length=60)
    label = models.CharField(max_length=100)
    kind = models.CharField(max_length=20, choices=AttributeKind, default=AttributeKind.TEXT)
    braze_name = models.CharField(max_length=100)
    liquid_name = models.CharField(max_length=100)
    is_custom = models.BooleanField(default=False)
    is_merge_tag = models.BooleanField(default=False)
    is_target = models.BooleanField(default=False)
    mirrored_at = models.DateTimeField(null=True, blank=True)
    fallback = models.CharField(max_length=60, blank=True)
    sample = models.CharField(max_length=60, blank=True)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "name"], name="attribute_once_per_brand"),)
        ordering = ("brand", "is_custom", "name")

    def __str__(self) -> str:
        return self.label
