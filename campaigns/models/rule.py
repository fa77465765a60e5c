"""What a brand does not want to read in its mails."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleLevel(models.TextChoices):
    """What a restricted word does to a mailing."""

    BLOCK = "block", _("Stops the mailing")
    APPROVE = "approve", _("Needs approval")
    WARN = "warn", _("Warns the author")


class RestrictedWord(models.Model):
    """A word or a few, or a regular expression, that authors should not write (M10).

    `text` is kept as it was typed, `compared` in the form in which words are compared, so that none stands twice.
    `reason` is shown to authors.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="restricted_words")
    text = models.CharField(max_length=200)
    compared = models.CharField(max_length=400)
    is_pattern = models.BooleanField(default=False)
    level = models.CharField(max_length=10, choices=RuleLevel, default=RuleLevel.BLOCK)
    reason = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["brand", "is_pattern", "compared"], name="restricted_word_once_per_brand"),
        )
        ordering = ("is_pattern", "compared")

    def __str__(self) -> str:
        return self.text
