"""What the page of the audit trail is asked for."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.trail import words
from groups.trail.queries import Wanted

FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)
CHOSEN: Final = frozenset({"family", "kind"})
NAME_CHARACTERS: Final = 120


class WantedForm(forms.Form):
    """The filters. People and groups are typed: a brand has thousands of them."""

    person = forms.CharField(
        label=gettext_lazy("Person"),
        required=False,
        max_length=NAME_CHARACTERS,
        help_text=gettext_lazy("A part of the name or of the email address."),
    )
    family = forms.ChoiceField(label=gettext_lazy("What it is about"), required=False)
    group = forms.CharField(
        label=gettext_lazy("Group, with those below it"),
        required=False,
        max_length=NAME_CHARACTERS,
        help_text=gettext_lazy("A part of the name, or the code."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of object"), required=False)
    target = forms.CharField(
        label=gettext_lazy("ID of the object"),
        required=False,
        max_length=40,
        validators=[RegexValidator(r"^[0-9A-Za-z-]*$", gettext_lazy("An ID has letters, digits and hyphens only."))],
    )
    since = forms.DateField(label=gettext_lazy("From"), required=False)
    until = forms.DateField(label=gettext_lazy("To, with this day"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        for name, choices in (("family", words.families()), ("kind", words.kinds())):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Everything")), *choices]
        for name in ("since", "until"):
            day = self.fields[name]
            day.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            day.validators += [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]

    @property
    def is_forged(self) -> bool:
        """Tells whether something was chosen that is not offered, which no page does by itself."""
        return not CHOSEN.isdisjoint(self.errors)

    def wanted(self) -> Wanted:
        """Gives what a valid form asks for."""
        return Wanted(**self.cleaned_data)

    def asked(self) -> dict[str, str]:
        """Gives what a valid form asks for as it stands in an address, without what is empty."""
        given = ((name, self[name].value()) for name in self.fields if self.cleaned_data[name])
        return {name: str(value).strip() for name, value in given}
