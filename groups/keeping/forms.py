"""What is asked before a brand keeps no contacts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class KeepNoContactsForm(forms.Form):
    """The word that nobody gives by mistake, because there is no way back."""

    confirmed = forms.BooleanField(
        label=gettext_lazy(
            "Keep only external ID, a hash of the address, and consent. I know that it cannot be undone."
        ),
        error_messages={"required": gettext_lazy("Confirm it; what is forgotten cannot be brought back.")},
    )
