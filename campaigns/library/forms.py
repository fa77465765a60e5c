"""What brand managers type about templates."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.library.words import one_line
from campaigns.models import Route

MAX_SOURCE_CHARACTERS = 500_000


class OneLineField(forms.CharField):
    """Words that become one line without control characters before anything else is asked of them."""

    def to_python(self, value: object) -> str:
        """Gives the words in one line."""
        return one_line(str(super().to_python(value) or ""))


class NewTemplateForm(forms.Form):
    """A template's first words."""

    name = OneLineField(label=_("Name"), max_length=120, help_text=_("Local authors choose by it."))
    description = OneLineField(
        label=_("Description"),
        max_length=300,
        required=False,
        help_text=_("What this email is good for, in one sentence."),
    )
    route = forms.ChoiceField(
        label=_("How it is sent"),
        choices=Route.choices,
        initial=Route.SCHEDULE,
        widget=forms.RadioSelect,
        help_text=_("The portal makes the mail, unless the content lives in an API-triggered campaign in Braze."),
    )


class TemplateForm(NewTemplateForm):
    """A template with the source of its draft; line breaks and blanks of the source are kept as they are."""

    trigger_campaign_id = forms.CharField(
        label=_("Campaign ID of the API-triggered campaign"),
        max_length=64,
        required=False,
        help_text=_("Only where Braze holds the mail. Empty: the one of the Braze settings."),
    )
    source = forms.CharField(
        label=_("Source (MJML or HTML)"),
        max_length=MAX_SOURCE_CHARACTERS,
        strip=False,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 24, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "wrap": "off"}
        ),
    )

    def clean_source(self) -> str:
        """Gives the source with the line breaks it was written with: forms send them as two characters."""
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")
