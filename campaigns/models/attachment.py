"""Files that hang on mailings."""

from __future__ import annotations

import secrets
import uuid

from django.db import models


def new_token() -> str:
    """Gives the random part of a file's address, of 256 bits: whoever knows the address gets the file."""
    return secrets.token_urlsafe(32)


class Attachment(models.Model):
    """A file of a mailing, which Braze fetches by its address; `file` lies under its `token` and its content's hash.

    `file_name` is what people read, without its ending; `extension` and `content_type` tell what the content is. One
    that was taken off a mailing that had been handed over stays for those who may still get it (`removed_at`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mailing = models.ForeignKey("campaigns.Mailing", on_delete=models.CASCADE, related_name="attachments")
    file_name = models.CharField(max_length=80)
    extension = models.CharField(max_length=5)
    content_type = models.CharField(max_length=100)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    file = models.FileField(upload_to="attachments/", max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveIntegerField()
    uploaded_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    group_path = "mailing__group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["mailing", "file_name", "extension"],
                condition=models.Q(removed_at__isnull=True),
                name="attachment_name_once_per_mailing",
            ),
        )
        ordering = ("created_at", "pk")

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """The name with the ending that its content gives it."""
        return f"{self.file_name}.{self.extension}"
