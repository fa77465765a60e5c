"""Folders that a group keeps its mailings in."""

from __future__ import annotations

import uuid

from django.db import models


class MailingFolder(models.Model):
    """A folder of a group; a mailing lies in one or in none, and stays when its folder goes (catalogue M1)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="mailing_folders")
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "group"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "name"], name="mailing_folder_name_once_per_group"),)
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
