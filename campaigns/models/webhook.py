"""Webhooks of a brand, and the events that each of them is told."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.crypto import EncryptedTextField


class WebhookKind(models.TextChoices):
    """What a webhook may be told of."""

    MAILING = "mailing.state_changed", _("A mailing moves to another state")
    DELIVERY = "delivery.ended", _("A hand-over to Braze ends")
    IMPORT = "import.ended", _("An import of contacts ends")
    TEST = "webhook.test", _("Test event")


class OffReason(models.TextChoices):
    """Why the portal itself switched a webhook off."""

    GONE = "gone", _("It says that it is gone.")
    FAILING = "failing", _("It took nothing for three days.")


class Webhook(models.Model):
    """An address of the brand's that is told of events; `kinds` are those that it asked for.

    Its secrets stand encrypted; for a day after a change the former one signs as well.
    A webhook that is switched off gets nothing; `reason` says
    why, where the portal did it. `lease_until` is whose turn it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="webhooks")
    url = models.URLField(max_length=500)
    kinds = models.JSONField(default=list)
    secret = EncryptedTextField()
    former_secret = EncryptedTextField(blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    switched_off_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=OffReason, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.url


class EventState(models.TextChoices):
    """Where the telling of an event stands."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class WebhookEvent(models.Model):
    """One event for one webhook, written in the transaction of what it tells of; its id names it to the receiver.

    `payload` is what is sent, without personal data. `status` and `answer` are what the address said last, or `answer`
    what went wrong. `retry_until` is when it is given up.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=40, choices=WebhookKind)
    payload = models.JSONField()
    state = models.CharField(max_length=20, choices=EventState, default=EventState.WAITING)
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    retry_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "webhook__brand"

    class Meta:
        indexes = (
            models.Index(fields=["webhook", "-created_at"], name="webhook_event_by_time"),
            models.Index(
                fields=["webhook", "due_at"], condition=models.Q(state="waiting"), name="webhook_event_waiting"
            ),
        )
        ordering = ("-created_at", "pk")
