"""What head office says of a field of its groups, and what groups fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from groups.models import GroupFieldKind
from groups.models.brand_field import VALUE_CHARACTERS, BrandField
from groups.tree.field_rules import CHOICE, KEY_CHARACTERS, LABEL_CHARACTERS, NOTE_CHARACTERS
from groups.tree.field_values import FieldLine

MOST_CHARACTERS_OF_OPTIONS = 6000


class FieldForm(forms.Form):
    """What people read of a field, and who fills it in."""

    label = forms.CharField(label=gettext_lazy("Name"), max_length=LABEL_CHARACTERS)
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        max_length=MOST_CHARACTERS_OF_OPTIONS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Only for “one of several”: one option a line."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=NOTE_CHARACTERS,
        required=False,
        help_text=gettext_lazy("Tells people what to write, with an example."),
    )
    is_local = forms.BooleanField(label=gettext_lazy("Local people may fill it in"), required=False)
    is_required = forms.BooleanField(label=gettext_lazy("Every group needs a value"), required=False)
    position = forms.IntegerField(
        label=gettext_lazy("Place in the list"), min_value=0, max_value=999, required=False, initial=0
    )

    def __init__(self, *args: Any, kind: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        # The kind of a field that is there never changes: only a choice goes on having options.
        if kind and kind != CHOICE:
            del self.fields["options"]

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as the services take it."""
        words = self.cleaned_data
        return {
            "label": words["label"],
            "options": str(words.get("options", "")).splitlines(),
            "note": words["note"],
            "is_local": words["is_local"],
            "is_required": words["is_required"],
            "position": words["position"] or 0,
        }


class NewFieldForm(FieldForm):
    """A new field: its key and its kind too, which never change."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=KEY_CHARACTERS,
        help_text=gettext_lazy("Templates show it as [[group.KEY]]: small letters, digits, underscores. It stays."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=GroupFieldKind.choices)
    field_order = ("label", "key", "kind")


class ValuesForm(forms.Form):
    """The values of the fields that a person may change in a group; empty means the value from above."""

    def __init__(self, *args: Any, lines: Sequence[FieldLine], **options: Any) -> None:
        super().__init__(*args, **options)
        for line in lines:
            if line.may_change:
                self.fields[line.field.key] = _asked(line)

    def refuse(self, wrong: dict[str, str]) -> None:
        """Puts the sentences of a service at their fields."""
        for name, sentence in wrong.items():
            self.add_error(name if name in self.fields else None, sentence)


def field_initial(field: BrandField) -> dict[str, Any]:
    """Gives what is said of a field, as the form shows it."""
    names = ("label", "note", "is_local", "is_required", "position")
    return {name: getattr(field, name) for name in names} | {"options": "\n".join(field.options)}


def _asked(line: FieldLine) -> forms.Field:
    field = line.field
    hints = [field.note, _inherited(line), "" if field.is_local else _("Locked: local people cannot change it.")]
    words: dict[str, Any] = {
        "label": field.label,
        "required": False,
        "initial": line.own,
        "help_text": " ".join(_ended(hint) for hint in hints if hint),
    }
    if field.kind == GroupFieldKind.CHOICE:
        offered = [*field.options, *({line.own} - set(field.options) - {""})]
        return forms.ChoiceField(choices=[("", _("As the level above")), *((one, one) for one in offered)], **words)
    return forms.CharField(max_length=VALUE_CHARACTERS, **words)


def _ended(hint: str) -> str:
    return hint if hint.endswith((".", "!", "?")) else f"{hint}."


def _inherited(line: FieldLine) -> str:
    if not line.is_inherited or line.said_in is None:
        return ""
    return _("Without a value of its own: “%(value)s” from %(group)s.") % {
        "value": line.shown,
        "group": line.said_in.name,
    }
