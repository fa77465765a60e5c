"""The form of the Braze settings; the key goes in and never comes out."""

from __future__ import annotations

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from braze_client import INSTANCES
from groups.models import Workspace

OTHER = "other"


class WorkspaceForm(forms.Form):
    """The settings of product.md, section 2, line 1; the endpoint is chosen from Braze's instances.

    Another address can be typed in only where the portal allows it (a sandbox).
    """

    endpoint = forms.ChoiceField(label=gettext_lazy("REST endpoint"))
    other_endpoint = forms.CharField(
        label=gettext_lazy("Another address"), required=False, max_length=200, strip=True, empty_value=""
    )
    api_key = forms.CharField(
        label=gettext_lazy("REST API key"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    app_id = forms.CharField(
        label=gettext_lazy("App ID"),
        max_length=64,
        help_text=gettext_lazy("In Braze: Settings > App Settings. Braze labels it API Key there."),
    )
    campaign_id = forms.CharField(
        label=gettext_lazy("Campaign ID"),
        max_length=64,
        help_text=gettext_lazy("In Braze: Messaging > Campaigns, the API campaign that carries the brand's mail."),
    )
    variation_id = forms.CharField(
        label=gettext_lazy("Default message variation ID"),
        max_length=64,
        help_text=gettext_lazy(
            "In the same API campaign, at its email message. Groups without one of their own use it."
        ),
    )
    trigger_campaign_id = forms.CharField(
        label=gettext_lazy("Trigger campaign ID"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Only for templates whose content lives in Braze: an API-triggered campaign."),
    )

    budget_percent = forms.IntegerField(
        label=gettext_lazy("Share of Braze's limits, in percent"),
        min_value=1,
        max_value=100,
        required=False,
    )

    def __init__(self, data: Any = None, *, workspace: Workspace) -> None:
        self.has_key = bool(workspace.api_key)
        super().__init__(data, initial=self._initial(workspace))
        self.helper = FormHelper()
        self.helper.form_tag = False
        known = [(item.url, f"{item.name}: {item.url.removeprefix('https://')}") for item in INSTANCES]
        urls = {url for url, _label in known}
        stored = [(workspace.endpoint, workspace.endpoint)] if workspace.endpoint not in urls | {""} else []
        self.may_type_endpoint = bool(settings.BRAZE_ALLOW_INSECURE_ENDPOINTS)
        other = [(OTHER, _("Another address"))] if self.may_type_endpoint else []
        endpoint = self.fields["endpoint"]
        assert isinstance(endpoint, forms.ChoiceField)
        endpoint.choices = [("", _("Choose the instance of your dashboard")), *known, *stored, *other]
        if not self.may_type_endpoint:
            del self.fields["other_endpoint"]
        self.fields["budget_percent"].help_text = _(
            "Braze counts all calls to a workspace together. Leave room for the brand's other tools; empty means "
            "%(percent)s."
        ) % {"percent": f"{settings.BRAZE_BUDGET_SHARE:.0%}"}
        self.fields["api_key"].help_text = (
            _("A key is stored and is never shown. Paste a new one to replace it.")
            if self.has_key
            else _("Braze shows it once, when it is created. It is stored encrypted and never shown again.")
        )

    @staticmethod
    def _initial(workspace: Workspace) -> dict[str, Any]:
        names = ("endpoint", "app_id", "campaign_id", "variation_id", "trigger_campaign_id", "budget_percent")
        return {name: getattr(workspace, name) for name in names}

    def clean(self) -> dict[str, Any]:
        """Asks for the address where another one was chosen, and for a key where none is stored."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("endpoint") == OTHER:
            cleaned["endpoint"] = cleaned.get("other_endpoint", "")
            if not cleaned["endpoint"]:
                self.add_error("other_endpoint", _("Type the address of the REST endpoint."))
        if not cleaned.get("api_key") and not self.has_key and "api_key" not in self.errors:
            self.add_error("api_key", _("Paste the REST API key."))
        return cleaned
