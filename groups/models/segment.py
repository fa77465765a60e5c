"""Braze's segments as the portal remembers them: what they are, and how large they were."""

from __future__ import annotations

import uuid

from django.db import models


class BrazeSegment(models.Model):
    """A segment of a brand's workspace that a group has, as Braze last described it.

    `description` is what somebody wrote in Braze, `filters` what Braze says of who is in it. Without `is_tracked` Braze
    does not count it day by day (B-SEG-2). `problem` says why the last reading failed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="braze_segments")
    segment_id = models.CharField(max_length=64)
    name = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True)
    filters = models.TextField(blank=True)
    is_tracked = models.BooleanField(default=True)
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "segment_id"], name="braze_segment_once_per_brand"),)


class SegmentSize(models.Model):
    """How many people Braze counted in a segment on one day; kept for good, longer than Braze does."""

    segment = models.ForeignKey(BrazeSegment, on_delete=models.CASCADE, related_name="sizes")
    day = models.DateField()
    size = models.PositiveBigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["segment", "day"], name="segment_size_once_a_day"),)
        ordering = ("day",)
