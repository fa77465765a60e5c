"""What a draft held after each stretch of edits."""

from __future__ import annotations

import uuid

from django.db import models


class Snapshot(models.Model):
    """A draft as it stood at `revision`, after one person had edited it for a while (catalogue M26).

    The newest one of a mailing is how it stands, the oldest how it began. `author` is empty where the portal itself
    changed the draft, for example with a new version of its template. `changed` names what was changed in the stretch
    (`campaigns.compose.history.keeping`); `name`, `values` and `envelope` are what can be brought back.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.CASCADE, related_name="snapshots")
    version = models.ForeignKey("campaigns.TemplateVersion", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    values = models.JSONField(default=dict)
    envelope = models.JSONField(default=dict)
    changed = models.JSONField(default=list)
    restored_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    group_path = "mailing__group"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["mailing", "revision"], name="snapshot_once_a_revision"),)
        ordering = ("-revision",)
