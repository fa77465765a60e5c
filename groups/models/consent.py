"""What became of suppressions: consent that was given again, and how far the portal has read what Braze tells."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.models.contact import SuppressionOrigin, SuppressionReason


class UnsubscribeScope(models.TextChoices):
    """What an unsubscribe from one group's mail counts for (catalogue A11)."""

    GROUP = "group", _("The person chooses: this group, or the whole brand")
    BRAND = "brand", _("Always the whole brand")


class Lift(models.Model):
    """A suppression that was lifted, as it was, with the words that allowed it; it is kept as the proof.

    `is_renewed` tells that the person gave their consent again, on `consented_on`, and `statement` says how or in which
    words; otherwise it is why the brand lifted it. Nobody in `lifted_by` means the person themself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey("groups.Contact", on_delete=models.CASCADE, null=True, related_name="lifts")
    address = models.EmailField(max_length=254)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, null=True, related_name="+")
    reason = models.CharField(max_length=20, choices=SuppressionReason)
    origin = models.CharField(max_length=20, choices=SuppressionOrigin)
    suppressed_at = models.DateTimeField()
    is_renewed = models.BooleanField()
    statement = models.CharField(max_length=500)
    consented_on = models.DateField(null=True)
    lifted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = (models.Index(fields=["brand", "address"], name="lift_by_address"),)
        ordering = ("-created_at",)


class ReadingKind(models.TextChoices):
    """A list of addresses that Braze keeps."""

    HARD_BOUNCES = "hard_bounces", _("Hard bounces")
    UNSUBSCRIBES = "unsubscribes", _("Unsubscribes")


class Reading(models.Model):
    """How far a list of Braze's was read: all that happened before `read_until`, a midnight in UTC, is known.

    `found` counts the addresses that were new to the portal; `problem` says why the last reading did not get through.
    """

    workspace = models.ForeignKey("groups.Workspace", on_delete=models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=20, choices=ReadingKind)
    read_until = models.DateField(null=True)
    read_at = models.DateTimeField(null=True)
    found = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "kind"], name="reading_once_per_list"),)
