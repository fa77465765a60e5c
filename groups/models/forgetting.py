"""The change-over of a brand that has contacts to one that keeps none."""

from __future__ import annotations

from django.db import models


class Forgetting(models.Model):
    """How far a brand has exchanged what it had of contacts; under way until `finished_at` (catalogue A9).

    From its first moment `Brand.keeps_contacts` is false, so that nothing new is kept. `place` names the table that is
    being exchanged and `after` the key of its last row that is done. `rows_total` is counted by the worker, before its
    first row. A lease that ran out means that its worker is gone.
    """

    brand = models.OneToOneField("groups.Brand", on_delete=models.CASCADE, related_name="forgetting")
    started_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    place = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    rows_total = models.PositiveBigIntegerField(null=True, blank=True)
    rows_done = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    brand_path = "brand"
