"""What people say to each other about a mailing."""

from __future__ import annotations

import uuid

from django.db import models


class Comment(models.Model):
    """A remark on a mailing, or on the field that `field` names; plain text (M9).

    An answer names the comment that it answers, which is no answer itself; only that one is resolved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.CASCADE, related_name="comments")
    field = models.CharField(max_length=200, blank=True)
    author = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    mentions = models.ManyToManyField("groups.User", related_name="+")
    reply_to = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    written_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")

    group_path = "mailing__group"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(resolved_at=None, resolved_by=None)
                | models.Q(resolved_at__isnull=False, resolved_by__isnull=False, reply_to=None),
                name="comment_resolved_by_somebody_as_a_whole",
            ),
        )
        ordering = ("written_at", "pk")
