"""Invitations by mail."""

from __future__ import annotations

import uuid

from django.db import models

from groups.models.group import Group
from groups.models.role import BrandRole


class Invitation(models.Model):
    """An invitation of one address into a group with a role; its link works once, for that address, for a while.

    Only the SHA-256 of the link's secret is kept, as 64 hex digits; the secret is made when the mail is written, anew
    for each mail. Without `mailed_at` a mail is due from `mail_after` on.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="invitations")
    role = models.ForeignKey(BrandRole, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    secret_sha256 = models.CharField(max_length=64, unique=True, null=True, blank=True)
    mail_after = models.DateTimeField(auto_now_add=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    group_path = "group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["group", "email"],
                condition=models.Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_one_open_per_group",
            ),
        )
        ordering = ("-created_at",)
