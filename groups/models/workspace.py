"""A brand's Braze settings and the quota that it shares."""

from __future__ import annotations

import uuid

from django.db import models

from groups.crypto import EncryptedTextField


class Workspace(models.Model):
    """The Braze Email Service Provider settings of a brand (product.md, section 2, line 1).

    `subscription_group_id` is Braze's subscription group of the brand's email, where look-ups should ask for it.
    `check_result` maps a permission to `granted`, `missing` or `unknown`, as the last connection check found it.
    `variations` are the names of the API campaign's email messages by variation ID, as read at `variations_read_at`.
    `budget_percent` is our share of Braze's rate-limit windows, 1 to 100; empty means that of the installation.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.OneToOneField("groups.Brand", on_delete=models.CASCADE, related_name="workspace")
    endpoint = models.URLField(max_length=200, blank=True)
    api_key = EncryptedTextField(blank=True)
    app_id = models.CharField(max_length=64, blank=True)
    campaign_id = models.CharField(max_length=64, blank=True)
    variation_id = models.CharField(max_length=64, blank=True)
    trigger_campaign_id = models.CharField(max_length=64, blank=True)
    subscription_group_id = models.CharField(max_length=64, blank=True)
    variations = models.JSONField(default=dict, blank=True)
    variations_read_at = models.DateTimeField(null=True, blank=True)
    budget_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    check_result = models.JSONField(default=dict, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.TextField(blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    brand_path = "brand"

    @property
    def is_connected(self) -> bool:
        """Whether everything that route A needs has been filled in."""
        return all((self.endpoint, self.api_key, self.app_id, self.campaign_id, self.variation_id))


class SendIdDay(models.Model):
    """How many send IDs a workspace used on a UTC day (B-SND-2)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="send_id_days")
    day = models.DateField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["workspace", "day"], name="send_id_day_once"),)


class SharedSendId(models.Model):
    """The send ID that the mailings of one campaign share on a day when no more can be made.

    Braze knows a send ID as one of a campaign (B-SND-1), so that those of another campaign need their own.
    """

    day = models.ForeignKey(SendIdDay, on_delete=models.CASCADE, related_name="shared_ids")
    campaign_id = models.CharField(max_length=64)
    send_id = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "campaign_id"], name="shared_send_id_once"),)
