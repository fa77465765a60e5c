"""Locked emails and their versions."""

from __future__ import annotations

import hashlib
import json
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Route(models.TextChoices):
    """How a mailing reaches Braze (product.md, section 2, lines 8 and 9)."""

    SCHEDULE = "schedule", _("The portal makes the mail")
    TRIGGER = "trigger", _("Braze holds the mail")


class SourceKind(models.TextChoices):
    """The language of a source."""

    MJML = "mjml", "MJML"
    HTML = "html", "HTML"


class Template(models.Model):
    """The locked email of a brand; `current` is the version that new mailings start from, once one is published.

    It is offered from `starts_on` and to the end of `expires_on`, in the group's zone; after that drafts of it can be
    looked at and not be sent (T14). `folder` and `slug` sort and name it (T13). `needs_test` lets mailings pass only
    once a test of exactly their content was sent (M14). With `takes_attachments` authors may hang files on mailings,
    with `mails_new_people` a mail that Braze holds also reaches people whom Braze does not know yet. A recalled one is
    neither offered nor sent (M24).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="templates")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    folder = models.CharField(max_length=60, blank=True)
    route = models.CharField(max_length=20, choices=Route, default=Route.SCHEDULE)
    starts_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    needs_test = models.BooleanField(default=False)
    takes_attachments = models.BooleanField(default=False)
    mails_new_people = models.BooleanField(default=False)
    recalled_at = models.DateTimeField(null=True, blank=True)
    recall_reason = models.CharField(max_length=300, blank=True)
    current = models.ForeignKey(
        "campaigns.TemplateVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "slug"], name="template_slug_once_per_brand"),)
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AccessKind(models.TextChoices):
    """Whether a line lets people use a template or keeps them from it; to keep from it wins."""

    ALLOW = "allow", _("May use it")
    DENY = "deny", _("May not use it")


class TemplateAccess(models.Model):
    """One line of who may start mailings from a template (T15).

    It names a group with all below it, a role, or both together; or one person, wherever they work.

    Without any line that allows, every group of the brand may, those to come as well; a line that denies always wins.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="access_lines")
    kind = models.CharField(max_length=10, choices=AccessKind)
    group = models.ForeignKey("groups.Group", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    brand_path = "template__brand"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) & (models.Q(group__isnull=False) | ~models.Q(role=""))
                | models.Q(person__isnull=False, group__isnull=True, role=""),
                name="template_access_names_somebody",
            ),
            models.UniqueConstraint(
                fields=["template", "kind", "group", "role"],
                condition=models.Q(group__isnull=False),
                name="template_access_once_per_group",
            ),
            models.UniqueConstraint(
                fields=["template", "kind", "role"],
                condition=models.Q(group__isnull=True, person__isnull=True),
                name="template_access_once_per_role",
            ),
            models.UniqueConstraint(
                fields=["template", "kind", "person"],
                condition=models.Q(person__isnull=False),
                name="template_access_once_per_person",
            ),
        )


class TemplateVersion(models.Model):
    """A source and what it compiles to (`brandlock.Compiled` as JSON); immutable once published.

    `tested_digest` is that of the source of which a test mail was sent last; a version is tested where it is its own.
    `envelope` says of `name`, `address` and `reply_to` what the template sets (`value`) and whether authors may write
    their own (`is_open`); what it does not name is the group's (T2). `personal_values` names the attributes of the
    brand that travel with each recipient to a mail that Braze holds.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source_kind = models.CharField(max_length=10, choices=SourceKind)
    source = models.TextField()
    compiled = models.JSONField()
    trigger_campaign_id = models.CharField(max_length=64, blank=True)
    personal_values = models.JSONField(default=list, blank=True)
    inlines_css = models.BooleanField(default=False)
    envelope = models.JSONField(default=dict, blank=True)
    tested_digest = models.CharField(max_length=64, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    is_tested = models.BooleanField(default=False)
    published_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "template__brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["template", "number"], name="template_version_number_once"),)
        ordering = ("-number",)

    @property
    def digest(self) -> str:
        """The SHA-256 of everything that is published, in hexadecimal."""
        parts = [self.source_kind, self.source, self.trigger_campaign_id, self.inlines_css, self.envelope]
        # Left out where there are none, so that what was tested before there were any stays tested.
        parts += [self.personal_values] if self.personal_values else []
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class Snippet(models.Model):
    """A part that many templates share (T19); templates name it by `name`, authors choose it by `label`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="snippets")
    name = models.CharField(max_length=60)
    label = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "name"], name="snippet_name_once_per_brand"),)
        ordering = ("name",)

    def __str__(self) -> str:
        return self.label


class SnippetVersion(models.Model):
    """One state of a shared part (`brandlock.Snippet` as JSON); the newest one stands wherever it is not pinned."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    snippet = models.ForeignKey(Snippet, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    compiled = models.JSONField()
    published_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)

    brand_path = "snippet__brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["snippet", "number"], name="snippet_version_number_once"),)
        ordering = ("-number",)
