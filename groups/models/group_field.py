"""Fields of groups that a brand defines itself, and their values."""

from __future__ import annotations

import uuid
from typing import Final

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.models.group import Group

VALUE_CHARACTERS: Final = 500
KEY_SHAPE: Final = r"[a-z][a-z0-9_]*"


class GroupFieldKind(models.TextChoices):
    """What a value of a field looks like."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    TIME = "time", _("Time of day")
    URL = "url", _("Web address")
    PHONE = "phone", _("Phone number")
    CHOICE = "choice", _("One of several")


class GroupField(models.Model):
    """A fact about groups that templates show as `[[group.KEY]]`, besides those that the portal comes with.

    `is_local`: people of a group who write mailings may fill it in themselves, otherwise head office alone does.
    `is_required` marks it as missing where a group has no value. `options` are the values of a choice; `note` tells
    people what to write. Key and kind never change, because templates and values go by them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="group_fields")
    key = models.CharField(max_length=40, validators=[RegexValidator(rf"^{KEY_SHAPE}\Z")])
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=GroupFieldKind, default=GroupFieldKind.TEXT)
    options = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)
    is_local = models.BooleanField(default=False)
    is_required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "key"], name="group_field_key_once_per_brand"),)
        ordering = ("position", "label", "key")

    def __str__(self) -> str:
        return self.label


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
