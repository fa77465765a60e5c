"""A breaker per workspace: when Braze fails again and again, nothing is called until a probe goes through."""

from __future__ import annotations

from django.db import models


class Breaker(models.Model):
    """How often in a row Braze did not answer as it should, and since when nothing is called because of that.

    `failures` counts the calls since the last one that Braze answered; `probed_at` is when a probe was made last.
    """

    workspace = models.OneToOneField("groups.Workspace", on_delete=models.CASCADE, related_name="breaker")
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, blank=True)
    probed_at = models.DateTimeField(null=True, blank=True)
