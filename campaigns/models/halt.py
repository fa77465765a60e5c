"""Kill switches: sending is stopped for a group and everything below it."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Halt(models.Model):
    """Nothing is handed to Braze for the group and the groups below it until the halt is lifted (M24).

    On the brand's own group it stops the whole brand.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="halts")
    reason = models.CharField(max_length=300)
    started_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    group_path = "group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["group"], condition=models.Q(lifted_at__isnull=True), name="halt_one_at_a_time"
            ),
        )
