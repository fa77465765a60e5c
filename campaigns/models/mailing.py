"""Mailings: what local authors write."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.template import Route


class MailingState(models.TextChoices):
    """Where a mailing stands (product.md, section 5)."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    IN_APPROVAL = "in_approval", _("In approval")
    SCHEDULED = "scheduled", _("Scheduled")
    SENDING = "sending", _("Sending")
    PAUSED = "paused", _("Paused")
    NEEDS_DECISION = "needs_decision", _("Needs a decision")
    SENT = "sent", _("Sent")
    SENT_WITH_OPEN_QUESTIONS = "sent_open", _("Sent with open questions")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Expired")


class ShownMailings(models.Manager["Mailing"]):
    """The mailings that their groups may know of; `Mailing.everything` has those of rollouts not shown yet as well."""

    def get_queryset(self) -> models.QuerySet[Mailing]:
        """Leaves out what head office holds back."""
        return super().get_queryset().filter(is_held_back=False)


class Mailing(models.Model):
    """One email that a group makes from a template version.

    `values` are the field values (design.md, section 3); `envelope` is what the author wrote of `name`, `address` and
    `reply_to` where the version leaves them open; `send_at` empty means "now"; with `in_local_time` it is
    the wall clock of the group's zone that counts, in each recipient's own zone; after `last_day` nothing of it goes
    out any more; `on_behalf_of` is the person in whose name it goes, where that is not its author; `revision` counts
    the edits, so that an old page cannot overwrite a newer one. `rollout` is what it is a part or the pattern of, or
    was started from; while it `is_held_back` only the rollout's own pages know of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="mailings")
    version = models.ForeignKey("campaigns.TemplateVersion", on_delete=models.PROTECT, related_name="mailings")
    name = models.CharField(max_length=120)
    values = models.JSONField(default=dict)
    envelope = models.JSONField(default=dict, blank=True)
    audience = models.ForeignKey("groups.Audience", on_delete=models.PROTECT, null=True, related_name="mailings")
    route = models.CharField(max_length=20, choices=Route, default=Route.SCHEDULE)
    send_at = models.DateTimeField(null=True, blank=True)
    in_local_time = models.BooleanField(default=False)
    last_day = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=MailingState, default=MailingState.DRAFT)
    state_reason = models.CharField(max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=0)
    author = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="mailings")
    folder = models.ForeignKey(
        "campaigns.MailingFolder", on_delete=models.SET_NULL, null=True, blank=True, related_name="mailings"
    )
    on_behalf_of = models.ForeignKey(
        "groups.User", on_delete=models.PROTECT, null=True, blank=True, related_name="mailings_on_behalf"
    )
    rollout = models.ForeignKey(
        "campaigns.Rollout", on_delete=models.PROTECT, null=True, blank=True, related_name="mailings"
    )
    is_held_back = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ShownMailings()
    everything = models.Manager["Mailing"]()

    group_path = "group"

    class Meta:
        ordering = ("-updated_at",)
        indexes = (models.Index(fields=["group", "state"], name="mailing_by_group_and_state"),)

    def __str__(self) -> str:
        return self.name
