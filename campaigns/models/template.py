"""Locked emails and their versions."""

from __future__ import annotations

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
    """The locked email of a brand; `current` is the version that new mailings start from, once one is published."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.ForeignKey("groups.Brand", on_delete=models.PROTECT, related_name="templates")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=300, blank=True)
    route = models.CharField(max_length=20, choices=Route, default=Route.SCHEDULE)
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


class TemplateVersion(models.Model):
    """A source and what it compiles to (`brandlock.Compiled` as JSON); immutable once published.

    `is_tested` tells whether a test mail of exactly this version was asked for before it was published.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source_kind = models.CharField(max_length=10, choices=SourceKind)
    source = models.TextField()
    compiled = models.JSONField()
    trigger_campaign_id = models.CharField(max_length=64, blank=True)
    is_tested = models.BooleanField(default=False)
    published_by = models.ForeignKey("groups.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "template__brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["template", "number"], name="template_version_number_once"),)
        ordering = ("-number",)
