"""Fields of people that a brand defines, and their values (catalogue G6)."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.models.brand_field import VALUE_CHARACTERS, BrandField
from groups.models.user import User

PERSON_FIELDS: Final = ("person", "email")
"""What every person has: their name, which is not the name of the sender, and their email address."""


class UserFieldKind(models.TextChoices):
    """What a value of a field looks like: as those of groups, and a picture."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    TIME = "time", _("Time of day")
    URL = "url", _("Web address")
    PHONE = "phone", _("Phone number")
    CHOICE = "choice", _("One of several")
    PICTURE = "picture", _("Picture")


class UserField(BrandField):
    """A fact about people that templates show as `[[sender.KEY]]`, of the person in whose name a mailing goes.

    `is_local`: people fill it in themselves.
    """

    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="user_fields")
    kind = models.CharField(max_length=10, choices=UserFieldKind, default=UserFieldKind.TEXT)

    class Meta(BrandField.Meta):
        constraints = (models.UniqueConstraint(fields=["brand", "key"], name="user_field_key_once_per_brand"),)


class UserFieldValue(models.Model):
    """What a field says of a person, in the brand of the field.

    Plain text in the one shape of its kind, as those of groups; of a picture the name of its file, which is made of
    its content.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(UserField, on_delete=models.CASCADE, related_name="values")
    value = models.CharField(max_length=VALUE_CHARACTERS)

    brand_path = "field__brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "field"], name="user_field_value_once"),)
