"""Tokens that programs act by in the name of a person, and the calls that must not happen twice."""

from __future__ import annotations

import uuid

from django.db import models


class ApiToken(models.Model):
    """A person's own token for the API of one brand; only the hash of its secret is kept.

    `hint` is how the secret begins, so that its owner knows it again. `scopes` are permissions: what the token may do
    is what its person may do at that moment, and of that no more than these. `expires_at` empty means never.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="api_tokens")
    user = models.ForeignKey("groups.User", on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.JSONField(default=list)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    person_path = "user"
    brand_path = "brand"

    class Meta:
        ordering = ("-created_at", "pk")


class ApiCall(models.Model):
    """A call that creates or sends, by its token and its idempotency key, kept for a day.

    `fingerprint` is that of method, address and body. `status` is empty while the call runs, and `started_at` tells
    whose run that is; `answer` is what it gave, in JSON.
    """

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="calls", db_index=False)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["token", "key"], name="api_call_once_per_key"),)
        indexes = (models.Index(fields=["started_at"], name="api_call_by_start"),)
