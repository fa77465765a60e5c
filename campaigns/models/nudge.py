"""Nudges: silent groups that somebody reminded."""

from __future__ import annotations

from django.db import models


class Nudge(models.Model):
    """Somebody reminded the authors of a group, `told` of them, that nothing of it went out for a while (P8)."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="nudges", db_index=False)
    by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told = models.PositiveIntegerField()

    group_path = "group"

    class Meta:
        indexes = (models.Index(fields=["group", "-at"], name="nudge_by_group"),)
        ordering = ("-at",)
