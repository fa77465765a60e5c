"""Test mails of mailings, and the profiles that testers have in Braze."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class TestState(models.TextChoices):
    """What Braze and the portal know of a test mail; as for batches, an uncertain one is never repeated by itself."""

    WAITING = "waiting", _("Waiting")
    CALLING = "calling", _("Being handed over")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    UNCERTAIN = "uncertain", _("Uncertain")


class TestMail(models.Model):
    """One test of a mailing to one colleague (M14); `calling` is committed before the request leaves.

    `revision` and `digest` are those of the content that was handed over last, before that of what stood there when it
    was asked for. `contact` is the person whose values stand for merge tags, samples where there is none. `planned_for`
    is when Braze sends it. A draft that is deleted leaves its tests, which count for the day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, related_name="test_mails")
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.SET_NULL, null=True, related_name="test_mails")
    revision = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    tester = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    contact = models.ForeignKey(
        "groups.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="test_mails"
    )
    state = models.CharField(max_length=20, choices=TestState, default=TestState.WAITING)
    attempt = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    planned_for = models.DateTimeField(null=True, blank=True)
    dispatch_id = models.CharField(max_length=64, blank=True)
    schedule_id = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    group_path = "group"

    class Meta:
        indexes = (
            models.Index(fields=["group", "created_at"], name="test_mail_by_group_and_day"),
            models.Index(
                fields=["state"], condition=models.Q(state__in=["waiting", "calling"]), name="test_mail_under_way"
            ),
        )
        ordering = ("-created_at", "pk")


class SyncedTester(models.Model):
    """A tester's profile in Braze: the address that Braze was told last, and when, which starts its propagation.

    `endpoint` and `app_id` name the workspace that was told, as it is in Braze: the brand may connect another one.
    """

    workspace = models.ForeignKey("groups.Workspace", on_delete=models.CASCADE, related_name="synced_testers")
    user = models.ForeignKey("groups.User", on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(max_length=254)
    endpoint = models.URLField(max_length=200)
    app_id = models.CharField(max_length=64)
    synced_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "user"], name="synced_tester_once"),)
