"""Rollouts: one template for many groups, each with its own mailing."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class RolloutKind(models.TextChoices):
    """What head office hands to its groups (catalogue M20)."""

    TASK = "task", _("Task: goes out at its time, once it is approved")
    ASSET = "asset", _("Offer: groups use it when they like")


class RolloutState(models.TextChoices):
    """Where a rollout stands; the moves are in `campaigns.states`."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    ARCHIVED = "archived", _("Archived")


class AudienceRule(models.TextChoices):
    """How the audience of each group is found."""

    NAMED = "named", _("The group's audience with this name")
    SEGMENT = "segment", _("The group's Braze segment")
    EVERYBODY = "everybody", _("Everybody of the group in Braze")


class Answer(models.TextChoices):
    """What a group has said; nothing is an answer too."""

    NOTHING = "nothing", _("No answer yet")
    TAKES_PART = "takes_part", _("Takes part")
    OPTED_OUT = "opted_out", _("Opted out")


class Rollout(models.Model):
    """One template for many groups below `group` (catalogue M20, M21, M22).

    `pattern` is a mailing of `group` itself that never goes out: its version and values are what all have in common,
    and `open_fields` names the values that the groups may change. Groups see it from `visible_from`; a task goes out at
    `starts_at`, with `by_group_clock` when each group's own clock shows what that of `group` shows then, and groups may
    change it or opt out until `cut_off`. Without `sends_by_default` it goes out only from groups that take part. An
    offer (asset) is used from `starts_at` to `ends_at`.

    `setup_revision` counts the changes of what is not in the pattern, so that the worker finds the parts that lag
    behind. `submitted_at` says that head office wants it approved: the worker submits every part that is ready.
    `spoken_by` is who took it back, paused, resumed or cancelled it last, on whose word the worker does so.
    `closed_at` is when the cut-off was acted on, `was_shown_at` when it was shown to the groups. `lease_until` keeps
    two workers apart.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="rollouts")
    kind = models.CharField(max_length=10, choices=RolloutKind, default=RolloutKind.TASK)
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=500, blank=True)
    pattern = models.OneToOneField("campaigns.Mailing", on_delete=models.PROTECT, related_name="pattern_of")
    state = models.CharField(max_length=20, choices=RolloutState, default=RolloutState.DRAFT)
    state_reason = models.CharField(max_length=300, blank=True)
    open_fields = models.JSONField(default=list, blank=True)
    audience_rule = models.CharField(max_length=20, choices=AudienceRule, default=AudienceRule.NAMED)
    audience_name = models.CharField(max_length=120, blank=True)
    visible_from = models.DateTimeField(null=True, blank=True)
    cut_off = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    by_group_clock = models.BooleanField(default=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    sends_by_default = models.BooleanField(default=True)
    setup_revision = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    spoken_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    was_shown_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    group_path = "group"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=("draft", "archived"))
                | models.Q(starts_at__isnull=False, visible_from__isnull=False),
                name="rollout_released_has_its_times",
            ),
            models.CheckConstraint(
                condition=models.Q(cut_off=None)
                | models.Q(starts_at=None)
                | models.Q(cut_off__lte=models.F("starts_at")),
                name="rollout_cut_off_before_it_goes",
            ),
        )
        indexes = (models.Index(fields=["state"], name="rollout_by_state"),)
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name


class RolloutApproval(models.Model):
    """One person's yes to all parts of a rollout that stood before them; `matrix_digest` is that of what they saw.

    The worker gives this yes to each part's submission, by the digest that was seen (`RolloutPart.approved_digest`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="approvals")
    person = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    acted_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    matrix_digest = models.CharField(max_length=64)
    parts_seen = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    group_path = "rollout__group"

    class Meta:
        ordering = ("-at",)


class RolloutPart(models.Model):
    """One group's part of a rollout; of a task it has a `mailing`, once the worker has made it.

    `own` names the values that are the group's own, `applied_revision` and `applied_setup` are those of pattern and
    rollout that the mailing holds. `findings` are what the check said of the mailing's `checked_revision`. While it is
    `in_hand` the group changes what was submitted before, and nobody submits it but they. `tried_revision` is the one
    that was submitted last, `pending` a yes that the worker has yet to give, to the digest `approved_digest`;
    `problem` says why the last step was refused. It `is_paused` while its delivery is held because the rollout is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="parts")
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="rollout_parts")
    mailing = models.OneToOneField(
        "campaigns.Mailing", on_delete=models.PROTECT, null=True, blank=True, related_name="rollout_part"
    )
    answer = models.CharField(max_length=20, choices=Answer, default=Answer.NOTHING)
    answered_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    is_in_hand = models.BooleanField(default=False)
    own = models.JSONField(default=list, blank=True)
    applied_revision = models.PositiveIntegerField(null=True, blank=True)
    applied_setup = models.PositiveIntegerField(null=True, blank=True)
    checked_revision = models.PositiveIntegerField(null=True, blank=True)
    findings = models.JSONField(default=list, blank=True)
    is_blocked = models.BooleanField(default=False)
    tried_revision = models.PositiveIntegerField(null=True, blank=True)
    pending = models.ForeignKey(RolloutApproval, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_digest = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    is_paused = models.BooleanField(default=False)
    told_new_at = models.DateTimeField(null=True, blank=True)
    told_cut_off_at = models.DateTimeField(null=True, blank=True)
    told_gone_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField(auto_now_add=True)

    group_path = "rollout__group"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["rollout", "group"], name="rollout_part_once_per_group"),
            models.CheckConstraint(
                condition=models.Q(pending=None) | ~models.Q(approved_digest=""), name="rollout_part_yes_to_a_digest"
            ),
        )
        ordering = ("group__name", "pk")
