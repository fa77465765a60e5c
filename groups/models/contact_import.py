"""Files of contacts on their way in."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where an import stands (catalogue A3)."""

    MAPPING = "mapping", _("Columns to be confirmed")
    WAITING = "waiting", _("Waiting")
    IMPORTING = "importing", _("Importing")
    DONE = "done", _("Done")
    DONE_WITH_ERRORS = "done_with_errors", _("Done with errors")
    FAILED = "failed", _("Failed")


class ContactImport(models.Model):
    """One uploaded file: rows are read from the stored file; `rows_done` is where a restarted import goes on.

    `mapping` maps a column's position (as text) to an attribute's name, `external_id`, `email`, `consent_source` or
    `consent_on`; a column that is missing in it is left out. `consent_source` stands for rows that bring none of their
    own (catalogue A16).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    audience = models.ForeignKey("groups.Audience", on_delete=models.CASCADE, related_name="imports")
    uploaded_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=255)
    encoding = models.CharField(max_length=20, default="utf-8")
    delimiter = models.CharField(max_length=1, default=",")
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    consent_source = models.CharField(max_length=120, blank=True)
    consent_text = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=20, choices=ImportState, default=ImportState.MAPPING)
    lease_until = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_updated = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    rows_suppressed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    group_path = "audience__group"
    private_path = "audience__is_private"

    class Meta:
        ordering = ("-created_at",)


class ImportReject(models.Model):
    """A row that was not imported: its line in the file (the header is line 1), a reason code and its cells."""

    contact_import = models.ForeignKey(ContactImport, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField()
    reason = models.CharField(max_length=60)
    detail = models.CharField(max_length=200, blank=True)
    cells = models.JSONField(default=list)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contact_import", "line"], name="import_reject_once_per_line"),)
        ordering = ("line",)
