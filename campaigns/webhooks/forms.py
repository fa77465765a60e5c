"""What the pages of webhooks send."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from campaigns.webhooks.services import CHOSEN


class WebhookForm(forms.Form):
    """Where events go, and which."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("It begins with https://. Your system takes events there by POST."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What is it told of?"),
        choices=[(kind.value, kind.label) for kind in CHOSEN],
        initial=[kind.value for kind in CHOSEN],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one kind of events.")},
    )
