"""Files of contacts on their way in."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where an import stands (catalogue A3)."""

    MAPPING = "mapping", _("Columns to be confirmed")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    WAITING = "waiting", _("Waiting")
    IMPORTING = "importing", _("Importing")
    DONE = "done", _("Done")
    DONE_WITH_ERRORS = "done_with_errors", _("Done with errors")
    FAILED = "failed", _("Failed")


class ImportMode(models.TextChoices):
    """What a file does to its list."""

    ADD = "add", _("Add to the list")
    REPLACE = "replace", _("Replace the list")


class ContactImport(models.Model):
    """One uploaded file: rows are read from the stored file; `rows_done` is where a restarted import goes on.

    `mapping` maps a column's position (as text) to an attribute's name, `external_id`, `email`, `consent_source`,
    `consent_on` or `consent_text`; a column that is missing in it is left out. `consent_source`, `consent_on` and
    `consent_text` stand for rows that bring none of their own; `stated_at` is when the uploader stated that the people
    agreed (catalogue A16).

    `delimiter` is empty for a workbook, whose `sheet` is read. While the file is checked the counts say what an import
    would do; importing counts anew. `rows_joining` and `rows_leaving` count the people who come onto the list and who
    go from it, `size_before` is what the list held before. `is_confirmed` is the uploader's word for what is large.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    audience = models.ForeignKey("groups.Audience", on_delete=models.CASCADE, related_name="imports")
    uploaded_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=255)
    encoding = models.CharField(max_length=20, default="utf-8")
    delimiter = models.CharField(max_length=1, default=",", blank=True)
    sheet = models.CharField(max_length=100, blank=True)
    mode = models.CharField(max_length=10, choices=ImportMode, default=ImportMode.ADD)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    consent_source = models.CharField(max_length=120, blank=True)
    consent_on = models.DateField(null=True, blank=True)
    consent_text = models.CharField(max_length=500, blank=True)
    stated_at = models.DateTimeField(null=True, blank=True)
    is_confirmed = models.BooleanField(default=False)
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
    rows_joining = models.PositiveIntegerField(default=0)
    rows_leaving = models.PositiveIntegerField(default=0)
    size_before = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

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


class ReplacementPart(models.TextChoices):
    """What a replacement does with somebody."""

    COMING = "coming", _("Is on the new list")
    JOINED = "joined", _("Came onto the list")
    LEFT = "left", _("Went from the list")


class Replacement(models.Model):
    """Somebody of a file that replaces its list.

    They wait here until the list changes in one act; afterwards those who joined and those who left stay for the undo.
    """

    contact_import = models.ForeignKey(ContactImport, on_delete=models.CASCADE, related_name="replacements")
    contact = models.ForeignKey("groups.Contact", on_delete=models.CASCADE, related_name="+")
    part = models.CharField(max_length=10, choices=ReplacementPart, default=ReplacementPart.COMING)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contact_import", "contact"], name="replacement_once"),)


class HeaderChoice(models.Model):
    """What people of a group last took a header for; an empty `target` means that they left the column out."""

    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, related_name="+")
    header = models.CharField(max_length=200)
    target = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "header"], name="header_choice_once"),)


class ImportLimit(models.Model):
    """From where on an import is large in a group and those below it: by its rows, and by how often it grows a list."""

    group = models.OneToOneField("groups.Group", on_delete=models.CASCADE, related_name="import_limit")
    most_rows = models.PositiveIntegerField()
    most_growth = models.PositiveIntegerField()

    group_path = "group"
