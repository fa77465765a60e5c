"""Mailings: what local authors write."""

from __future__ import annotations

import uuid
from typing import Final

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models.template import Route


class MailingState(models.TextChoices):
    """Where a mailing stands (product.md, section 5)."""

    DRAFT = "draft", gettext_lazy("Draft")
    IN_REVIEW = "in_review", gettext_lazy("In review")
    IN_APPROVAL = "in_approval", gettext_lazy("In approval")
    SCHEDULED = "scheduled", gettext_lazy("Scheduled")
    SENDING = "sending", gettext_lazy("Sending")
    PAUSED = "paused", gettext_lazy("Paused")
    NEEDS_DECISION = "needs_decision", gettext_lazy("Needs a decision")
    SENT = "sent", gettext_lazy("Sent")
    SENT_WITH_OPEN_QUESTIONS = "sent_open", gettext_lazy("Sent with open questions")
    STOPPED = "stopped", gettext_lazy("Stopped")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")
    FAILED = "failed", gettext_lazy("Failed")
    EXPIRED = "expired", gettext_lazy("Expired")


# Braze has, had or will have something of a mailing in these states.
HANDED_OVER: Final = (
    MailingState.SCHEDULED,
    MailingState.SENDING,
    MailingState.PAUSED,
    MailingState.NEEDS_DECISION,
    MailingState.SENT_WITH_OPEN_QUESTIONS,
    MailingState.STOPPED,
)
# A person must decide something of a mailing in these states.
ASKING: Final = (MailingState.PAUSED, MailingState.NEEDS_DECISION, MailingState.SENT_WITH_OPEN_QUESTIONS)


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
    out any more; with `is_practice` it only ever reaches its team, by test mails; `on_behalf_of` is the person in whose
    name it goes, where that is not its author; `revision` counts the edits, so that an old page cannot overwrite a
    newer one. `rollout` is what it is a part or the pattern of, or was started from; while it `is_held_back` only the
    rollout's own pages know of it.
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
    is_practice = models.BooleanField(default=False)
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
        constraints = (
            models.CheckConstraint(
                condition=models.Q(is_practice=False) | models.Q(audience=None), name="mailing_practice_has_no_audience"
            ),
            models.CheckConstraint(
                condition=models.Q(is_practice=False) | ~models.Q(state__in=HANDED_OVER),
                name="mailing_practice_is_never_handed_over",
            ),
        )
        indexes = (
            models.Index(fields=["group", "state"], name="mailing_by_group_and_state"),
            # What the calendar asks: of one group, and of a whole network.
            models.Index(fields=["group", "send_at"], name="mailing_by_group_and_time"),
            models.Index(fields=["send_at"], condition=models.Q(send_at__isnull=False), name="mailing_by_time"),
            models.Index(fields=["state"], condition=models.Q(state__in=ASKING), name="mailing_that_asks"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def told_name(self) -> str:
        """The name as notices tell it, where nothing else says that it is practice."""
        return _("Practice: %(name)s") % {"name": self.name} if self.is_practice else self.name
