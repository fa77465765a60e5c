"""What people say about the look of a group's mails."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.library.images import offered_images
from campaigns.models import BrandKit, Image
from groups.models import Group
from groups.models.brand import hex_color

_FONT = re.compile(r"[A-Za-z0-9 ,-]{0,120}")
MOST_COLOURS = 24
MOST_LOGOS = 50


class KitForm(forms.Form):
    """A group's logo, colours and font; what is empty comes from the level above."""

    logo = forms.ModelChoiceField(
        label=_("Logo"), queryset=Image.objects.none(), required=False, empty_label=_("As the level above")
    )
    accent_color = forms.CharField(
        label=_("Accent colour"), required=False, validators=[hex_color], help_text="#a4451f"
    )
    ink_color = forms.CharField(label=_("Colour of words"), required=False, validators=[hex_color], help_text="#2b211b")
    font = forms.CharField(
        label=_("Font"), required=False, max_length=120, help_text=_("Names of fonts, the wanted one first.")
    )
    palette = forms.CharField(
        label=_("Colours that authors may choose"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One a line, as “Night #112233”."),
    )

    def __init__(self, *args: Any, group: Group, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["logo"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = offered_images(group)
        newest = list(field.queryset[:MOST_LOGOS])
        chosen = self.initial.get("logo")
        listed = [chosen, *newest] if chosen is not None and chosen not in newest else newest
        field.choices = [("", field.empty_label), *((image.pk, image.name) for image in listed)]

    def clean_font(self) -> str:
        """Takes names of fonts and nothing else that a style could hold."""
        font = str(self.cleaned_data["font"]).strip()
        if _FONT.fullmatch(font) is None:
            raise forms.ValidationError(
                _("Use the names of fonts in Latin letters, set apart by commas, without quotation marks.")
            )
        return font

    def clean_palette(self) -> dict[str, str]:
        """Gives the colours by name."""
        palette: dict[str, str] = {}
        for line in str(self.cleaned_data["palette"]).splitlines():
            name, _space, color = line.strip().rpartition(" ")
            if not line.strip():
                continue
            if not name.strip() or re.fullmatch(r"#[0-9a-fA-F]{6}", color) is None:
                raise forms.ValidationError(
                    _("“%(line)s” is no colour. Write its name, a blank, and its number, as “Night #112233”."),
                    params={"line": line[:60]},
                )
            palette[" ".join(name.split())[:40]] = color.lower()
        if len(palette) > MOST_COLOURS:
            raise forms.ValidationError(_("More than 24 colours are no help in choosing one."))
        return palette


def kit_initial(kit: BrandKit | None) -> dict[str, Any]:
    """Gives what a group has said so far, as the form shows it."""
    if kit is None:
        return {}
    shown = {name: getattr(kit, name) for name in ("logo", "accent_color", "ink_color", "font")}
    return shown | {"palette": "\n".join(f"{name} {color}" for name, color in kit.palette.items())}
