"""What people say about a brand's look, its domain and its languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from groups.brands import pictures
from groups.brands.services import PICTURES
from groups.errors import PictureRefused
from groups.models import Brand, LookDraft
from groups.models.brand import hex_color
from groups.pictures import Picture


def _file(label: Any, help_text: Any) -> forms.FileField:
    widget = forms.FileInput(attrs={"accept": pictures.ACCEPTED})
    return forms.FileField(label=label, help_text=help_text, required=False, widget=widget)


def _color(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "maxlength": 7})
    return forms.CharField(label=label, help_text=help_text, validators=[hex_color], widget=widget)


class LookForm(forms.Form):
    """The look of pages and notices; what is uploaded becomes a `Picture`, what is to go is ticked."""

    accent_color = _color(
        _("Accent colour"), _("Of buttons and links, as #a4451f. Any colour will do: words stay readable.")
    )
    ink_color = _color(_("Colour of the brand's name"), _("As #2b211b."))
    logo = _file(_("Logo"), _("PNG, JPEG, GIF or WebP, up to 10 MB. A wide one stands for the name."))
    remove_logo = forms.BooleanField(label=_("No logo"), required=False)
    favicon = _file(_("Icon of the browser's tab"), _("A square picture, 180 pixels wide at best."))
    remove_favicon = forms.BooleanField(label=_("The portal's own icon"), required=False)
    sign_in_picture = _file(_("Picture of the sign-in page"), _("A large photograph, upright or square."))
    remove_sign_in_picture = forms.BooleanField(label=_("No picture"), required=False)

    def __init__(self, *args: Any, look: Brand | LookDraft) -> None:
        super().__init__(*args)
        self.initial = {"accent_color": look.accent_color, "ink_color": look.ink_color}
        for name in PICTURES:
            if not getattr(look, name):
                del self.fields[f"remove_{name}"]

    def clean_accent_color(self) -> str:
        """Gives the colour in small letters."""
        return str(self.cleaned_data["accent_color"]).lower()

    def clean_ink_color(self) -> str:
        """Gives the colour in small letters."""
        return str(self.cleaned_data["ink_color"]).lower()

    def clean_logo(self) -> Picture | None:
        """Writes an upload anew."""
        return self._picture("logo", pictures.logo_from)

    def clean_favicon(self) -> Picture | None:
        """Writes an upload anew."""
        return self._picture("favicon", pictures.icon_from)

    def clean_sign_in_picture(self) -> Picture | None:
        """Writes an upload anew."""
        return self._picture("sign_in_picture", pictures.sign_in_picture_from)

    @property
    def pictures(self) -> dict[str, Picture | None]:
        """What changes: an upload goes over a tick at "none"."""
        said = self.cleaned_data
        return {name: said[name] for name in PICTURES if said[name] is not None or said.get(f"remove_{name}")}

    def _picture(self, name: str, make: Callable[[UploadedFile[bytes]], Picture]) -> Picture | None:
        file = self.cleaned_data[name]
        if not file:
            return None
        try:
            return make(file)
        except PictureRefused as refused:
            raise forms.ValidationError(refused.sentence) from refused


class DomainForm(forms.Form):
    """The brand's own domain name; empty means the portal's."""

    host_name = forms.CharField(
        label=_("Domain"),
        required=False,
        max_length=255,
        help_text=_("For example mail.example.com. Empty: the portal's own address."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}),
    )


class LanguagesForm(forms.Form):
    """The languages that people of the brand may choose, and the one that is spoken where nobody asks for another."""

    languages = forms.MultipleChoiceField(
        label=_("Languages that people may choose"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label=_("Language of the brand"),
        choices=settings.LANGUAGES,
        help_text=_("For mails to new people, and for browsers that ask for none of these."),
    )

    def __init__(self, *args: Any, brand: Brand) -> None:
        super().__init__(*args)
        self.initial = {"language": brand.language, "languages": list(dict(brand.offered_languages))}
