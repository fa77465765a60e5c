"""Braze's rate-limit windows as rows, for the column without Redis."""

from __future__ import annotations

from django.db import models


class RateWindow(models.Model):
    """How much of one window of one pool has been reserved; `key` is the endpoint's host and a hash of the API key.

    `limit` is what Braze named (0: nothing yet), `others` the calls seen of the brand's other tools; until
    `blocked_until` nothing is left, whatever the counts say.
    """

    key = models.CharField(max_length=200)
    pool = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    reserved = models.PositiveIntegerField(default=0)
    others = models.PositiveIntegerField(default=0)
    limit = models.PositiveIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["key", "pool", "starts_at"], name="rate_window_once"),)
