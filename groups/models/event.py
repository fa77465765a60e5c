"""The audit trail."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One thing that happened: who did what to which object, where, when; rows are only ever added.

    `action` is a dotted name such as `mailing.approved`; `detail` holds plain values, never personal data or secrets.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="events")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, null=True, related_name="events")
    actor = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)

    brand_path = "brand"

    class Meta:
        ordering = ("-at", "-id")
        indexes = (models.Index(fields=["target_kind", "target_id"], name="event_by_target"),)
