"""What a brand says about approval: rules that demand or waive it, and reasons that approvers give often."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Demand(models.TextChoices):
    """How much approval is asked for, from the mildest to the strictest; the values are those of a review policy."""

    NONE = "none", _("No approval for people who may send")
    ONE_LEVEL = "one_level", _("One level: approval")
    TWO_LEVELS = "two_levels", _("Two levels: review, then approval")


class ReviewRule(models.Model):
    """A demand and what it holds for; what is empty is no condition (M2).

    `group` holds for the groups below it too. `larger_than` counts the people of the audience; with `is_first_only` the
    rule holds until the mailing's group has handed over one to that many people (catalogue A14). `harmless_kinds` are
    types of fields: the rule holds for mailings that differ from their template in such fields only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="review_rules")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    template = models.ForeignKey(
        "campaigns.Template", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    larger_than = models.PositiveIntegerField(null=True, blank=True)
    is_first_only = models.BooleanField(default=False)
    harmless_kinds = models.JSONField(default=list, blank=True)
    demand = models.CharField(max_length=20, choices=Demand)
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    is_active = models.BooleanField(default=True)
    created_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(approvals_needed__gte=1), name="review_rule_needs_somebody"),
            models.CheckConstraint(
                condition=~models.Q(demand="none") | models.Q(larger_than=None), name="review_rule_never_waives_by_size"
            ),
            models.CheckConstraint(
                condition=models.Q(is_first_only=False) | models.Q(larger_than__isnull=False),
                name="review_rule_first_has_its_size",
            ),
        )
        ordering = ("created_at", "pk")


class CannedReason(models.Model):
    """A reason that approvers give often, ready to be chosen (M6)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="canned_reasons")
    text = models.CharField(max_length=200)
    created_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "text"], name="canned_reason_once_per_brand"),)
        ordering = ("text",)

    def __str__(self) -> str:
        return self.text
