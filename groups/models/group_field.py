"""Fields of groups that a brand defines itself, and their values."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.models.brand_field import VALUE_CHARACTERS, BrandField
from groups.models.group import Group


class GroupFieldKind(models.TextChoices):
    """What a value of a field looks like."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    TIME = "time", _("Time of day")
    URL = "url", _("Web address")
    PHONE = "phone", _("Phone number")
    CHOICE = "choice", _("One of several")


class GroupField(BrandField):
    """A fact about groups that templates show as `[[group.KEY]]`, besides those that the portal comes with.

    `is_local`: people of a group who write mailings may fill it in themselves.
    """

    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="group_fields")
    kind = models.CharField(max_length=10, choices=GroupFieldKind, default=GroupFieldKind.TEXT)

    class Meta(BrandField.Meta):
        constraints = (models.UniqueConstraint(fields=["brand", "key"], name="group_field_key_once_per_brand"),)


class GroupFieldValue(models.Model):
    """What a group says of a field; it holds for the groups below too, until one of them says something else.

    Always plain text in the one shape of its kind: numbers in plain digits, days and times as ISO 8601.
    """

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(GroupField, on_delete=models.CASCADE, related_name="values")
    value = models.CharField(max_length=VALUE_CHARACTERS)

    group_path = "group"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "field"], name="group_field_value_once"),)
