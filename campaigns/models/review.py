"""Approvals, bound to exactly what was looked at."""

from __future__ import annotations

import uuid
from datetime import datetime

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


class Level(models.TextChoices):
    """Whose turn it is: the first of two levels, or the final one."""

    FIRST = "first", _("First level")
    FINAL = "final", _("Final level")


class Verdict(models.TextChoices):
    """What one person said."""

    YES = "yes", _("Approved")
    CHANGES = "changes", _("Changes asked for")


class Review(models.Model):
    """One submission of a mailing: `digest` binds it to the content, `window_from` to `window_until` to the time.

    `level` is the one whose turn it is, `approvals_needed` how many people must say yes at the final one. `proof` is
    that of the brand lock, as it held when the mailing was submitted. `changed_kinds` are the kinds of fields in which
    it differs from its template, None where that was not noted; with `has_findings` a check had something to say.
    `beside` is what stood beside the content (`campaigns.review.surroundings.Beside`), None where it was not noted.
    `acted_by` is the person who showed themselves as `submitted_by`, where somebody did.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=20, choices=ReviewState, default=ReviewState.OPEN)
    level = models.CharField(max_length=10, choices=Level, default=Level.FINAL)
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    digest = models.CharField(max_length=64)
    values = models.JSONField(default=dict)
    beside = models.JSONField(null=True, blank=True)
    proof = models.JSONField(default=dict)
    changed_kinds = models.JSONField(null=True, blank=True)
    has_findings = models.BooleanField(default=True)
    window_from = models.DateTimeField()
    window_until = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    is_priority = models.BooleanField(default=False)
    submitted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    acted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

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
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(level="final"),
                name="review_never_past_the_final_level",
            ),
            models.CheckConstraint(condition=models.Q(approvals_needed__gte=1), name="review_needs_somebody"),
        )
        ordering = ("-submitted_at",)

    @property
    def decide_by(self) -> datetime:
        """The last moment at which a yes still counts: the chosen time, or the end of the window for "now"."""
        chosen = self.mailing.send_at
        return self.window_until if chosen is None else min(chosen, self.window_until)


class Decision(models.Model):
    """What one person said of one submission at one level; `digest` is that of what they looked at.

    `author` and `submitter` stand here so that the database itself refuses their word. `acted_by` is the person who
    showed themselves as `person`, where somebody did.
    """

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    level = models.CharField(max_length=10, choices=Level)
    person = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    acted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    submitter = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict)
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["review", "level", "person"], name="decision_one_per_person_and_level"),
            models.UniqueConstraint(
                fields=["review", "person"],
                condition=models.Q(verdict="yes"),
                name="decision_never_both_levels_by_one_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("author")) & ~models.Q(person=models.F("submitter")),
                name="decision_never_by_the_author",
            ),
            models.CheckConstraint(
                condition=models.Q(acted_by=None)
                | ~models.Q(acted_by=models.F("author")) & ~models.Q(acted_by=models.F("submitter")),
                name="decision_never_by_the_author_as_another",
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict="changes") | ~models.Q(reason=""), name="decision_sends_back_with_a_reason"
            ),
        )
        ordering = ("at", "pk")
