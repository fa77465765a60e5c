"""How the people of a brand prove who they are: second factors, single sign-on, and who gets in when it fails."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from groups.crypto import EncryptedTextField


class SecondFactorDemand(models.Model):
    """A role of a brand whose holders sign in with a second factor; `role_key` is the role's key."""

    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="second_factor_demands")
    role_key = models.CharField(max_length=60)

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "role_key"], name="second_factor_demand_once"),)


class BreakGlassAdmin(models.Model):
    """Somebody who signs in by password and second factor even where single sign-on is enforced."""

    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="break_glass_admins")
    user = models.ForeignKey("groups.User", on_delete=models.CASCADE, related_name="+")

    brand_path = "brand"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "user"], name="break_glass_admin_once"),)


class SignOnKind(models.TextChoices):
    """The protocol that a brand's identity provider speaks."""

    OIDC = "oidc", _("OpenID Connect")
    SAML = "saml", _("SAML 2.0")


class SignOnState(models.TextChoices):
    """How far single sign-on is switched on; `groups/signin/sso/services.py` says which move is allowed."""

    OFF = "off", _("Off")
    TEST = "test", _("Test mode")
    ON = "on", _("Offered beside the password")
    ENFORCED = "enforced", _("Enforced")


class SingleSignOn(models.Model):
    """A brand's identity provider, and what people who come from it get.

    `issuer` is OIDC's issuer or SAML's entity ID. `tester` alone gets in while the state is `test`; `claims` is what
    the provider said of them at the last test, and `tested_at` is set when that let them in with these very settings.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    brand = models.OneToOneField("groups.Brand", on_delete=models.CASCADE, related_name="single_sign_on")
    kind = models.CharField(max_length=10, choices=SignOnKind, default=SignOnKind.OIDC)
    state = models.CharField(max_length=10, choices=SignOnState, default=SignOnState.OFF)
    issuer = models.CharField(max_length=500)
    client_id = models.CharField(max_length=190, blank=True)
    client_secret = EncryptedTextField(blank=True)
    sign_on_url = models.URLField(max_length=500, blank=True)
    certificate = models.TextField(blank=True)
    email_domains = models.JSONField(default=list)
    creates_people = models.BooleanField(default=False)
    default_group = models.ForeignKey("groups.Group", on_delete=models.PROTECT, null=True, related_name="+")
    default_role = models.CharField(max_length=60, blank=True)
    tester = models.ForeignKey("groups.User", on_delete=models.SET_NULL, null=True, related_name="+")
    tested_at = models.DateTimeField(null=True)
    claims = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    brand_path = "brand"


class SeenAssertion(models.Model):
    """A SAML assertion that let somebody in; kept until it would be refused for its age anyway."""

    brand = models.ForeignKey("groups.Brand", on_delete=models.CASCADE, related_name="+")
    assertion_id = models.CharField(max_length=190)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["brand", "assertion_id"], name="seen_assertion_once"),)
