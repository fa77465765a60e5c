"""What authors and approvers write."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SubmitForm(forms.Form):
    """A word from the author to the approver."""

    note = forms.CharField(required=False, max_length=500, widget=forms.Textarea)


class ChangesForm(forms.Form):
    """What should change; nobody is sent back to work without a reason."""

    reason = forms.CharField(
        label=_("What should change"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write what should change, so that the author knows what to do.")},
    )
