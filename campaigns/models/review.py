"""Approvals, bound to exactly what was looked at."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewState(models.TextChoices):
    """What became of a submission."""

    OPEN = "open", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    CHANGES_ASKED = "changes_asked", _("Changes asked for")
    TAKEN_BACK = "taken_back", _("Taken back")
    VOID = "void", _("Void")
    EXPIRED = "expired", _("Expired")


class Review(models.Model):
    """One submission of a mailing: `digest` binds it to the content, `window_from` to `window_until` to the time.

    `proof` is that of the brand lock, as it held when the mailing was submitted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.OPEN)
    digest = models.CharField(max_length=64)
    values = models.JSONField(default=dict)
    proof = models.JSONField(default=dict)
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    submitted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)

    group_path = "mailing__group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["mailing"], condition=models.Q(state="open"), name="review_one_open_per_mailing"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | ~models.Q(decided_by=models.F("submitted_by")),
                name="review_never_by_the_submitter",
            ),
        )
        ordering = ("-submitted_at",)
