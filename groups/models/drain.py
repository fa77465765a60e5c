"""The portal at rest: while the row stands, workers begin nothing new."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Drain(models.Model):
    """One row at most; its being there means that no background work begins (`groups.upkeep.draining`).

    It stands in the database, not in a message or a cache: every worker that can work can read it, and a Redis that was
    emptied changes nothing.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    reason = models.CharField(max_length=200)
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="drain_is_one_row"),)
