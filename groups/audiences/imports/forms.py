"""What the pages of audiences send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.audiences.imports import matching
from groups.models import Attribute, Audience, ContactImport

NEW_LIST = ""
COLUMN_PREFIX = "column_"


class UploadForm(forms.Form):
    """A file for a new list or for one of the group's own; `audience` is an id that the view takes to the door."""

    audience = forms.CharField(label=gettext_lazy("Add the contacts to"), required=False, widget=forms.Select)
    name = forms.CharField(
        label=gettext_lazy("Name of the new list"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For example: Regulars of the spring"),
    )
    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "With the names of the columns in its first line. You see what is imported before it is."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,text/csv"}),
    )
    consent_source = forms.CharField(
        label=gettext_lazy("Where did these people agree to get mail?"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For example: sign-up card in the store. Used for rows that say nothing of it."),
    )
    statement = forms.BooleanField(
        label=gettext_lazy("These people have agreed to get marketing mail from this brand, and we can show it."),
        error_messages={
            "required": gettext_lazy("Confirm that these people agreed; otherwise they must not be mailed.")
        },
    )

    def __init__(self, data: Any = None, files: Any = None, *, lists: Iterable[Audience], **options: Any) -> None:
        super().__init__(data, files, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        choices = [(NEW_LIST, _("A new list")), *((str(item.pk), item.name) for item in lists)]
        widget = self.fields["audience"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = choices

    def clean(self) -> dict[str, Any]:
        """Asks for a name where the list is new."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("audience") and not cleaned.get("name"):
            self.add_error("name", _("Give the list a name."))
        return cleaned


class ColumnsForm(forms.Form):
    """The meaning of each column of an uploaded file; an empty choice leaves the column out."""

    def __init__(self, data: Any = None, *, contact_import: ContactImport, attributes: Sequence[Attribute]) -> None:
        super().__init__(data)
        labels: dict[str, str] = {
            matching.EXTERNAL_ID: _("External ID"),
            matching.EMAIL: _("Email address"),
            matching.CONSENT_SOURCE: _("Consent source"),
            matching.CONSENT_ON: _("Consent date"),
        }
        labels |= {item.name: item.label for item in attributes if item.name not in labels}
        choices = [("", _("Leave out")), *labels.items()]
        for position, header in enumerate(contact_import.headers):
            self.fields[f"{COLUMN_PREFIX}{position}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=header or _("Column %(number)s") % {"number": position + 1},
                initial=contact_import.mapping.get(str(position), ""),
                widget=forms.Select(attrs={"class": "form-select w-auto"}),
            )

    @property
    def mapping(self) -> Mapping[int, str]:
        """What each column means, by position; columns that are left out are missing."""
        return {
            int(name.removeprefix(COLUMN_PREFIX)): target
            for name, target in self.cleaned_data.items()
            if name.startswith(COLUMN_PREFIX) and target
        }
