"""What head office says of a field of its people, and what is filled in for one person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import UserFieldKind
from groups.models.brand_field import VALUE_CHARACTERS
from groups.people.field_values import PersonLine
from groups.tree.field_forms import FieldForm
from groups.tree.field_rules import KEY_CHARACTERS

ACCEPTED: Final = "image/png,image/jpeg,image/gif,image/webp"
REMOVE: Final = "remove-"
"""Begins the name of the box that takes a picture away; no key of a field has a dash."""


class PersonFieldForm(FieldForm):
    """What people read of a field, and who fills it in."""

    is_local = forms.BooleanField(label=gettext_lazy("People fill it in themselves"), required=False)
    is_required = forms.BooleanField(label=gettext_lazy("Everybody needs a value"), required=False)


class NewPersonFieldForm(PersonFieldForm):
    """A new field: its key and its kind too, which never change."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=KEY_CHARACTERS,
        help_text=gettext_lazy("Templates show it as [[sender.KEY]]: small letters, digits, underscores. It stays."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=UserFieldKind.choices)
    field_order = ("label", "key", "kind")


class PersonValuesForm(forms.Form):
    """The values of the fields that somebody may change of a person; empty means that there is none."""

    def __init__(self, *args: Any, lines: Sequence[PersonLine], **options: Any) -> None:
        super().__init__(*args, **options)
        for line in lines:
            if line.may_change:
                self.fields[line.field.key] = _asked(line)
                if line.is_picture and line.value:
                    self.fields[REMOVE + line.field.key] = forms.BooleanField(
                        label=_("Take this picture away: %(label)s") % {"label": line.field.label}, required=False
                    )

    def refuse(self, wrong: dict[str, str]) -> None:
        """Puts the sentences of a service at their fields."""
        for name, sentence in wrong.items():
            self.add_error(name if name in self.fields else None, sentence)


def sent_values(
    post: MultiValueDict[str, str], files: MultiValueDict[str, UploadedFile[Any]], lines: Sequence[PersonLine]
) -> tuple[dict[str, str], dict[str, UploadedFile[Any]]]:
    """Gives what a form brings: the values, and the pictures, by key.

    What the page does not offer, but is sent all the same, is among it, so that it is refused by name.
    """
    keys = [line.field.key for line in lines]
    values = {key: str(post[key]) for key in keys if key in post}
    values |= {key: "" for key in keys if REMOVE + key in post and key not in files}
    return values, {key: file for key in keys if isinstance(file := files.get(key), UploadedFile)}


def _asked(line: PersonLine) -> forms.Field:
    field = line.field
    note = field.note if field.note.endswith((".", "!", "?")) or not field.note else f"{field.note}."
    locked = "" if field.is_local else _("Only head office fills it in.")
    words: dict[str, Any] = {
        "label": field.label,
        "required": False,
        "help_text": " ".join(hint for hint in (note, locked) if hint),
    }
    if line.is_picture:
        words["help_text"] = " ".join(
            hint for hint in (note, locked, _("PNG, JPEG, GIF or WebP, up to 10 MB.")) if hint
        )
        return forms.FileField(widget=forms.FileInput(attrs={"accept": ACCEPTED}), **words)
    if field.kind == UserFieldKind.CHOICE:
        offered = [*field.options, *({line.value} - set(field.options) - {""})]
        return forms.ChoiceField(
            choices=[("", _("Nothing")), *((one, one) for one in offered)], initial=line.value, **words
        )
    return forms.CharField(max_length=VALUE_CHARACTERS, initial=line.value, **words)
