"""The look of a brand, and where a region or a store has its own."""

from __future__ import annotations

import uuid

from django.db import models


class BrandKit(models.Model):
    """What a group says of its look in mails (T21); what it leaves empty the groups above say, then the brand.

    `palette` maps names to colours as `#rrggbb`; `font` is a list of font names as a style takes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.OneToOneField("groups.Group", on_delete=models.CASCADE, related_name="brand_kit")
    logo = models.ForeignKey("campaigns.Image", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    accent_color = models.CharField(max_length=7, blank=True)
    ink_color = models.CharField(max_length=7, blank=True)
    font = models.CharField(max_length=120, blank=True)
    palette = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    group_path = "group"
