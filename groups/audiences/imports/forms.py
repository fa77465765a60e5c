"""What the pages of imports send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.audiences.imports import matching
from groups.audiences.imports.columns import CONSENT_TEXT_CHARACTERS, Consent
from groups.models import Attribute, Audience, ContactImport, ImportMode

NEW_LIST = ""
COLUMN_PREFIX = "column_"


class ConsentFields(forms.Form):
    """Where, when and to which words people agreed, for rows that do not say it themselves."""

    consent_source = forms.CharField(
        label=gettext_lazy("Where did these people agree to get mail?"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For example: sign-up card in the store."),
    )
    consent_on = forms.DateField(
        label=gettext_lazy("When did they agree?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("If they agreed on different days, the last of them, or a column of the file."),
    )
    consent_text = forms.CharField(
        label=gettext_lazy("Which words did they agree to?"),
        required=False,
        max_length=CONSENT_TEXT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("As they stood on the card or beside the box that was ticked."),
    )

    def clean_consent_on(self) -> Any:
        """Refuses a day that has not come yet."""
        day = self.cleaned_data["consent_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class UploadForm(ConsentFields):
    """A file for a new list or for one of the group's own; `audience` is an id that the view takes to the door."""

    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "With the names of the columns in its first line. You see what is imported before it is."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv,.tab,.xlsx,text/csv"}),
    )
    audience = forms.CharField(label=gettext_lazy("Add the contacts to"), required=False, widget=forms.Select)
    name = forms.CharField(
        label=gettext_lazy("Name of the new list"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For example: Regulars of the spring"),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("What the file does to the list"),
        choices=ImportMode.choices,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Replacing takes everybody off the list who is not in the file. You see how many that are before it "
            "happens, and you can take it back."
        ),
    )
    statement = forms.BooleanField(
        label=gettext_lazy("These people have agreed to get marketing mail from this brand, and we can show it."),
        error_messages={
            "required": gettext_lazy("Confirm that these people agreed; otherwise they must not be mailed.")
        },
    )
    field_order = ("file", "audience", "name", "mode")

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        lists: Iterable[Audience],
        may_replace: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(data, files, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        choices = [(NEW_LIST, _("A new list")), *((str(item.pk), item.name) for item in lists)]
        widget = self.fields["audience"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = choices
        if not may_replace:
            del self.fields["mode"]

    def clean(self) -> dict[str, Any]:
        """Asks for a name where the list is new, and for a list where one is replaced."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("mode") == ImportMode.REPLACE:
            if not cleaned.get("audience"):
                self.add_error("audience", _("Choose the list that the file replaces."))
        elif not cleaned.get("audience") and not cleaned.get("name"):
            self.add_error("name", _("Give the list a name."))
        return cleaned


class ColumnsForm(ConsentFields):
    """The meaning of each column of an uploaded file; an empty choice leaves the column out."""

    def __init__(self, data: Any = None, *, contact_import: ContactImport, attributes: Sequence[Attribute]) -> None:
        initial = {name: getattr(contact_import, name) for name in matching.CONSENTS}
        super().__init__(data, initial=initial)
        labels: dict[str, str] = {
            matching.EXTERNAL_ID: _("External ID"),
            matching.EMAIL: _("Email address"),
            matching.CONSENT_SOURCE: _("Consent source"),
            matching.CONSENT_ON: _("Consent date"),
            matching.CONSENT_TEXT: _("Words of consent"),
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

    @property
    def consent(self) -> Consent | None:
        """What was typed of consent; nothing where the page did not ask for it."""
        if not any(name in self.data for name in matching.CONSENTS):
            return None
        given = self.cleaned_data
        on = given["consent_on"]
        return Consent(given["consent_source"], on.isoformat() if on else "", given["consent_text"])


class LimitForm(forms.Form):
    """From where on an import is large in a group and those below it."""

    most_rows = forms.IntegerField(
        label=gettext_lazy("Rows of a file"),
        min_value=1,
        max_value=10_000_000,
        help_text=gettext_lazy("A file with more rows is large."),
    )
    most_growth = forms.IntegerField(
        label=gettext_lazy("Growth of a list"),
        min_value=2,
        max_value=10_000,
        help_text=gettext_lazy("A file that makes a list more than so many times as long is large."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
