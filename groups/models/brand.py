"""One customer of the portal."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.models.consent import UnsubscribeScope
from groups.models.group import ReviewPolicy

hex_color = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Give a colour as #rrggbb."))


class Look(models.Model):
    """What makes pages and mails look like a brand's; its pictures were written anew before they came here."""

    logo = models.FileField(upload_to="brands/", blank=True)
    favicon = models.FileField(upload_to="brands/", blank=True)
    sign_in_picture = models.FileField(upload_to="brands/", blank=True)
    accent_color = models.CharField(max_length=7, default="#1f5c4d", validators=[hex_color])
    ink_color = models.CharField(max_length=7, default="#1d1b19", validators=[hex_color])

    class Meta:
        abstract = True


class Brand(Look):
    """A brand with its look, its domain name, its languages and its review policy; data never crosses brands.

    `derives_external_ids`: the brand states that Braze does not know its contacts, so that the portal may make up
    external IDs; otherwise every uploaded file must bring them (product.md, section 1). `admins_give_every_role`: who
    manages the users of the whole brand may give others roles that hold more than their own; only the operator says
    so. An empty list of domains allows every domain; an empty `liquid_tags` means the usual tags.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    host_name = models.CharField(max_length=255, unique=True, null=True, blank=True)  # unique when set
    website = models.URLField(blank=True)
    language = models.CharField(max_length=10, default="en")
    languages = models.JSONField(default=list, blank=True)
    link_domains = models.JSONField(default=list, blank=True)
    image_domains = models.JSONField(default=list, blank=True)
    mail_domains = models.JSONField(default=list, blank=True)
    liquid_tags = models.JSONField(default=list, blank=True)
    review_policy = models.CharField(max_length=20, choices=ReviewPolicy, default=ReviewPolicy.ONE_LEVEL)
    admins_give_every_role = models.BooleanField(default=False)
    derives_external_ids = models.BooleanField(default=False)
    keeps_contacts = models.BooleanField(default=True)
    unsubscribe_scope = models.CharField(max_length=10, choices=UnsubscribeScope, default=UnsubscribeScope.GROUP)
    created_at = models.DateTimeField(auto_now_add=True)

    brand_path = "self"

    def __str__(self) -> str:
        return self.name

    @property
    def offered_languages(self) -> list[tuple[str, str]]:
        """The codes of the languages that the brand offers, with the names that they give themselves."""
        return [(code, name) for code, name in settings.LANGUAGES if not self.languages or code in self.languages]


class LookDraft(Look):
    """The look that somebody is trying out, at most one a brand; nothing shows it but its own preview."""

    brand = models.OneToOneField(Brand, on_delete=models.CASCADE, related_name="look_draft")
    made_by = models.ForeignKey("groups.User", on_delete=models.SET_NULL, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    brand_path = "brand"


class FormerHost(models.Model):
    """A host name that was a brand's and goes on leading there, so that links in mails that went out stay good."""

    brand = models.ForeignKey(Brand, on_delete=models.CASCADE, related_name="former_hosts")
    name = models.CharField(max_length=255, unique=True)

    brand_path = "brand"
