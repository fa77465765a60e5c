"""What a group may not do although the roles of its people would let it."""

from __future__ import annotations

from django.db import models

from groups.models.group import Group
from groups.roles import Feature


class FeatureSwitch(models.Model):
    """A feature that is switched off in a group and in those below it."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="features_off")
    feature = models.CharField(max_length=30, choices=Feature)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "feature"], name="feature_off_once_per_group"),)
