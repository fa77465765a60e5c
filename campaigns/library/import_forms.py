"""What brand managers bring in from elsewhere, and what they confirm of the proposed fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.brandlock.compile import MAX_SOURCE_CHARACTERS
from campaigns.brandlock.importers import Choice, Proposal
from campaigns.library.field_words import TYPE_LABELS
from campaigns.library.forms import OneLineField

MAX_FILE_BYTES = 2 * 1024 * 1024


class ImportForm(forms.Form):
    """A source from elsewhere, pasted or in a file, and the name of the template that it becomes."""

    name = OneLineField(
        label=gettext_lazy("Name"), max_length=120, help_text=gettext_lazy("Local authors choose by it.")
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("HTML or MJML in UTF-8, up to 2 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".html,.htm,.mjml,.txt,text/html"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Or paste it here"),
        max_length=MAX_SOURCE_CHARACTERS,
        strip=False,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 12, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "wrap": "off"}
        ),
    )

    def clean_source(self) -> str:
        """Gives the source with the line breaks it was written with, and nothing for blanks alone."""
        source = str(self.cleaned_data["source"]).replace("\r\n", "\n").removeprefix("\ufeff")
        return source if source.strip() else ""

    def clean_file(self) -> str:
        """Gives the text of the file."""
        file = self.cleaned_data["file"]
        return _text_of(file) if isinstance(file, UploadedFile) else ""

    def clean(self) -> dict[str, Any]:
        """Takes a file or a pasted text, not both and not neither."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors.keys() & {"file", "source"}:
            return cleaned
        if cleaned.get("file") and cleaned.get("source"):
            self.add_error("source", _("There is a file and a pasted text. Take one of them away."))
        elif not cleaned.get("file") and not cleaned.get("source"):
            self.add_error("file", _("Choose a file, or paste the email below."))
        return cleaned

    @property
    def text(self) -> str:
        """The source that was brought."""
        return str(self.cleaned_data["file"] or self.cleaned_data["source"])


class ProposalForm(forms.Form):
    """One proposed field as the brand manager confirms it, its inputs named after its place in the source."""

    take = forms.BooleanField(required=False)
    name = OneLineField(label=gettext_lazy("Name"), max_length=60, required=False)
    label = OneLineField(label=gettext_lazy("Label for authors"), max_length=120, required=False)
    type = forms.CharField(label=gettext_lazy("Type"), max_length=20, required=False, widget=forms.Select)

    def __init__(self, data: QueryDict | None = None, *, proposal: Proposal, is_chosen: bool) -> None:
        initial = {"take": is_chosen, "name": proposal.name, "label": proposal.label}
        super().__init__(data, prefix=prefix_of(proposal.start), initial=initial)
        self.proposal = proposal
        widget = self.fields["type"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = [(kind.value, TYPE_LABELS[kind]) for kind in proposal.types]
        widget.attrs["class"] = "form-select"
        self.fields["take"].widget.attrs["class"] = "form-check-input"
        for name in ("name", "label"):
            self.fields[name].widget.attrs |= {"class": "form-control", "autocomplete": "off"}
        self.fields["name"].widget.attrs |= {"spellcheck": "false", "autocapitalize": "off"}
        if proposal.is_fixed:
            self.fields["name"].widget.attrs["readonly"] = True

    @property
    def choice(self) -> Choice:
        """What was confirmed."""
        words = self.cleaned_data
        return Choice(self.proposal.start, words["type"], words["name"], words["label"])


def prefix_of(start: int) -> str:
    """Gives the word that the inputs of one proposal begin with."""
    return f"p{start}"


def _text_of(file: UploadedFile[Any]) -> str:
    if (file.size or 0) > MAX_FILE_BYTES:
        raise forms.ValidationError(_("The file is larger than 2 MB. An email is much smaller; choose another file."))
    try:
        text = str(file.read(), "utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise forms.ValidationError(
            _("The file is not written in UTF-8. Save it as UTF-8 in your editor, and choose it again.")
        ) from error
    if "\x00" in text or not text.strip():
        raise forms.ValidationError(_("The file holds no text. Choose the HTML or MJML file of the email."))
    if len(text) > MAX_SOURCE_CHARACTERS:
        raise forms.ValidationError(
            _("The file has %(count)d characters; at most %(most)d are allowed. Make it shorter.")
            % {"count": len(text), "most": MAX_SOURCE_CHARACTERS}
        )
    return text
