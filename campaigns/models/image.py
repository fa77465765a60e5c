"""Pictures that mails may show."""

from __future__ import annotations

import uuid

from django.db import models


class Image(models.Model):
    """An image of a group, usable in the groups below; its file is named by its content and never changes (I5)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="images")
    name = models.CharField(max_length=120)
    alt = models.CharField(max_length=200, blank=True)
    file = models.FileField(upload_to="images/")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "group"
    is_inherited = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "sha256"], name="image_once_per_group"),)
        ordering = ("-created_at",)
