"""What a person says about the mails that they get."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groups.models import NoticePreference, Pace
from groups.notices.kinds import families


class PreferenceForm(forms.Form):
    """A pace for each family, and a day before which no mail comes."""

    muted_until = forms.DateField(
        label=_("No mail before"),
        required=False,
        help_text=_("Until this day notices only stand here, in the portal. Leave it empty to get mail."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, preference: NoticePreference, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["muted_until"] = preference.muted_until
        for family in families(may_be_muted=True):
            self.fields[f"pace_{family.name}"] = forms.ChoiceField(
                label=family.label,
                choices=Pace.choices,
                initial=preference.paces.get(family.name, Pace.AT_ONCE),
            )
        self.order_fields([name for name in self.fields if name != "muted_until"])

    @property
    def paces(self) -> dict[str, Pace]:
        """The chosen pace of each family, by its name, once the form is valid."""
        return {family.name: Pace(self.cleaned_data[f"pace_{family.name}"]) for family in families(may_be_muted=True)}
