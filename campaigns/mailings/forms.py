"""The form of a folder."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FolderForm(forms.Form):
    """The name of a folder."""

    name = forms.CharField(label=_("Name of the folder"), max_length=80)
