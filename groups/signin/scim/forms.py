"""What the page of the directory sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from groups.models import BrandRole
from groups.signin.domains import DomainsField


class TokenForm(forms.Form):
    """A new token: what it is called, whom it may bring, and the roles that it may give."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("For example: Microsoft Entra")
    )
    email_domains = DomainsField(
        label=gettext_lazy("Email domains"),
        help_text=gettext_lazy("Separated by commas. The directory brings only people with an address in one of them."),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles that it may give"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, roles: Sequence[BrandRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role.key, role.label) for role in roles]  # type: ignore[attr-defined]
