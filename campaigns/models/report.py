"""What Braze says happened."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReportProblem(models.TextChoices):
    """Why Braze's numbers could not be read when they were asked for last."""

    KEY = "key", _("Braze refused the API key. An admin can paste a new one.")
    PERMISSION = "permission", _("The API key lacks the permission sends.data_series. An admin can make a new key.")
    RATE = "rate", _("Braze's rate limit was used up. The numbers are read when it resets.")
    SILENT = "silent", _("Braze did not answer as expected. It is asked again.")
    REFUSED = "refused", _("Braze refused the question. It is asked again.")
    NOT_CONNECTED = "not_connected", _("Braze is not connected. An admin can fill in the Braze settings.")


class ReportDay(models.Model):
    """One day of a delivery's numbers as Braze gave them, and when it was read.

    `metrics` keeps every number that Braze named, known to the portal or not (B-SND-6), and no other: what is missing
    is not known. Deliveries of one mailing that share a send ID and a variation are one series, kept at the first.
    """

    delivery = models.ForeignKey("campaigns.Delivery", on_delete=models.CASCADE, related_name="report_days")
    day = models.DateField()
    metrics = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["delivery", "day"], name="report_day_once_per_delivery"),)
        ordering = ("day",)
