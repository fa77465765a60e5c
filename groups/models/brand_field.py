"""What fields that a brand defines have in common, whether its groups or its people carry them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from django.core.validators import RegexValidator
from django.db import models

if TYPE_CHECKING:
    from groups.models.brand import Brand

VALUE_CHARACTERS: Final = 500
KEY_SHAPE: Final = r"[a-z][a-z0-9_]*"


class BrandField(models.Model):
    """A fact that templates show by its key.

    `is_local`: those whom it is about may fill it in themselves, otherwise head office alone does. `is_required` marks
    it as missing where there is no value. `options` are the values of a choice; `note` tells people what to write. Key
    and kind never change, because templates and values go by them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=40, validators=[RegexValidator(rf"^{KEY_SHAPE}\Z")])
    label = models.CharField(max_length=80)
    kind: models.CharField[str, str]
    brand: models.ForeignKey[Brand, Brand]
    options = models.JSONField(default=list, blank=True)
    note = models.CharField(max_length=200, blank=True)
    is_local = models.BooleanField(default=False)
    is_required = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        abstract = True
        ordering = ("position", "label", "key")

    def __str__(self) -> str:
        return self.label
