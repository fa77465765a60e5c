"""What Braze says happened."""

from __future__ import annotations

from django.db import models


class ReportDay(models.Model):
    """One day of a delivery's numbers as Braze gave them; `metrics` keeps every metric, known or not (B-SND-6)."""

    delivery = models.ForeignKey("campaigns.Delivery", on_delete=models.CASCADE, related_name="report_days")
    day = models.DateField()
    metrics = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delivery", "day"], name="report_day_once_per_delivery"),)
        ordering = ("day",)
