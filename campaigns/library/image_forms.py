"""What people say about images and folders, and how they crop and turn them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from campaigns.library.editing import TURNS, Edit
from campaigns.library.forms import OneLineField
from campaigns.library.images import ALT_LENGTH, NAME_LENGTH
from campaigns.models import ImageFolder

ACCEPTED = "image/png,image/jpeg,image/gif,image/webp"
RATIOS = ("16:9", "3:2", "4:3", "1:1", "3:4")
LARGEST_SIDE = 6000


class ImageForm(forms.Form):
    """An upload to a group's images; `folders` are those that it may go into."""

    file = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG, GIF or WebP, up to 10 MB. It is made ready for mail by itself."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPTED}),
    )
    alt = OneLineField(
        label=_("What it shows"),
        max_length=ALT_LENGTH,
        help_text=_("A few words for people who cannot see it, for example “Two cups of coffee on a wooden bar”."),
    )
    folder = forms.ModelChoiceField(
        label=_("Folder"), queryset=ImageFolder.objects.none(), required=False, empty_label=_("No folder")
    )

    def __init__(self, *args: Any, folders: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, folders)


class ImageWordsForm(forms.Form):
    """The words of an image that is there already, its folder, and the point that a crop keeps in the middle."""

    name = OneLineField(label=_("Name"), max_length=NAME_LENGTH)
    alt = OneLineField(
        label=_("What it shows"),
        max_length=ALT_LENGTH,
        help_text=_("A few words for people who cannot see it."),
    )
    folder = forms.ModelChoiceField(
        label=_("Folder"), queryset=ImageFolder.objects.none(), required=False, empty_label=_("No folder")
    )
    focus_x = forms.IntegerField(
        label=_("Main point from the left, in percent"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=_("When the picture is cropped by itself, this point stays in the middle."),
    )
    focus_y = forms.IntegerField(
        label=_("Main point from the top, in percent"), min_value=0, max_value=100, required=False
    )

    def __init__(self, *args: Any, folders: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, folders)


class ImageEditForm(forms.Form):
    """How a new image is made of one that is there: turned first, then cropped, then made smaller."""

    turn = forms.TypedChoiceField(
        label=_("Turn"),
        coerce=int,
        choices=[(0, _("Not at all")), (90, _("To the right")), (180, _("Upside down")), (270, _("To the left"))],
    )
    left = forms.IntegerField(label=_("From the left"), min_value=0, max_value=LARGEST_SIDE, required=False)
    top = forms.IntegerField(label=_("From the top"), min_value=0, max_value=LARGEST_SIDE, required=False)
    crop_width = forms.IntegerField(label=_("Width of the crop"), min_value=20, max_value=LARGEST_SIDE, required=False)
    crop_height = forms.IntegerField(
        label=_("Height of the crop"), min_value=20, max_value=LARGEST_SIDE, required=False
    )
    width = forms.IntegerField(
        label=_("New width"),
        min_value=20,
        max_value=LARGEST_SIDE,
        required=False,
        help_text=_("In pixels. Mail programs show 600 pixels; twice that looks sharp on phones. Empty: as it is."),
    )

    def clean(self) -> dict[str, Any]:
        """Takes a crop whole or not at all."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = [cleaned.get(name) is not None for name in ("left", "top", "crop_width", "crop_height")]
        if any(given) and not all(given):
            raise forms.ValidationError(_("A crop needs all four numbers: from the left, from the top, width, height."))
        return cleaned

    @property
    def edit(self) -> Edit:
        """The edit that was asked for."""
        words = self.cleaned_data
        crop = tuple(words[name] for name in ("left", "top", "crop_width", "crop_height"))
        turn = words["turn"]
        return Edit(
            turn=turn if turn in TURNS else 0,
            crop=None if crop[0] is None else (crop[0], crop[1], crop[2], crop[3]),
            width=words["width"],
        )


class FolderForm(forms.Form):
    """A folder of a group's gallery; templates name it by the short name that is made of its name."""

    name = OneLineField(label=_("Name"), max_length=80)
    locals_may_upload = forms.BooleanField(label=_("Groups below may put their own pictures into it"), required=False)

    def clean_name(self) -> str:
        """Asks for a name that letters and digits can be made of."""
        name = str(self.cleaned_data["name"])
        if not slugify(name, allow_unicode=True):
            raise forms.ValidationError(_("Use letters or digits, so that templates can name the folder."))
        return name


def _offer(form: forms.Form, folders: Any) -> None:
    field = form.fields["folder"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = folders
    if not folders:
        del form.fields["folder"]
