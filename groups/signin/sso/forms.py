"""What the page of single sign-on sends; the secret goes in and never comes out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import Brand, SignOnKind, SingleSignOn
from groups.signin.domains import DomainsField


class SignOnForm(forms.Form):
    """The identity provider of a brand, and what people who come from it get."""

    kind = forms.ChoiceField(label=gettext_lazy("Protocol"), choices=SignOnKind.choices)
    issuer = forms.CharField(
        label=gettext_lazy("Issuer (OpenID Connect) or entity ID (SAML)"), max_length=500, widget=forms.TextInput
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID (OpenID Connect)"), max_length=190, required=False)
    client_secret = forms.CharField(
        label=gettext_lazy("Client secret (OpenID Connect)"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    sign_on_url = forms.CharField(label=gettext_lazy("Sign-on address (SAML)"), max_length=500, required=False)
    certificate = forms.CharField(
        label=gettext_lazy("Signing certificate (SAML)"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    email_domains = DomainsField(
        label=gettext_lazy("Email domains"),
        help_text=gettext_lazy("Separated by commas. Only people with an address in one of them get in this way."),
    )
    creates_people = forms.BooleanField(label=gettext_lazy("Make an account for whoever has none yet"), required=False)
    group_code = forms.CharField(label=gettext_lazy("Group of somebody new (its code)"), max_length=40, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role of somebody new"), required=False)

    def __init__(self, *args: Any, sign_on: SingleSignOn | None, brand: Brand, **kwargs: Any) -> None:
        if sign_on is not None:
            kwargs["initial"] = {
                "kind": sign_on.kind,
                "issuer": sign_on.issuer,
                "client_id": sign_on.client_id,
                "sign_on_url": sign_on.sign_on_url,
                "certificate": sign_on.certificate,
                "email_domains": ", ".join(sign_on.email_domains),
                "creates_people": sign_on.creates_people,
                "group_code": sign_on.default_group.code if sign_on.default_group else "",
                "role": sign_on.default_role,
            }
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "–"), *((role.key, role.label) for role in brand.roles.all())]  # type: ignore[attr-defined]
        if sign_on is not None and sign_on.client_secret:
            self.fields["client_secret"].help_text = _("A secret is stored. Leave this empty to keep it.")
