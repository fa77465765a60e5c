"""The settings of one field or section as a form: one input for each mark that the element takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from braze_client.liquid import contains_liquid
from campaigns.brandlock import FieldType
from campaigns.brandlock.marks import COMMON_MARKS, FIELD_MARKS, SECTION_MARKS
from campaigns.brandlock.types import TYPES
from campaigns.library.field_words import LABELS, LOCKS, TYPE_LABELS, UPLOAD
from campaigns.models import TemplateVersion

NAMES = frozenset({"data-field", "data-section", "data-repeat"})
SWITCHES = frozenset({"data-required", "data-must-change", "data-optional", "data-pinned"})


class SettingsForm(forms.Form):
    """One input for each mark, named by it; `seen` is the digest of the draft that the page showed."""

    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, marks: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for mark, meaning in marks.items():
            self.fields[mark] = _input(mark, meaning)

    def clean(self) -> dict[str, Any]:
        """Takes no Liquid: marks are read by people, and half a tag would swallow the source behind it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(cleaned.items()):  # an error takes its value out
            if isinstance(value, str) and contains_liquid(value):
                self.add_error(name, _("Braces of Liquid cannot stand here. Write words."))
        return cleaned


def marks_for(said: Mapping[str, str], version: TemplateVersion, name: str) -> dict[str, str]:
    """Gives the marks that an element takes, with what they mean; `said` are those that it has."""
    if said.get("data-field") == name:
        kind = said.get("data-type") or _type_of(version, name)
        known = COMMON_MARKS | (TYPES[FieldType(kind)].marks if kind in set(FieldType) else frozenset())
        found = {mark: meaning for mark, meaning in FIELD_MARKS.items() if mark in known | said.keys()}
    else:
        unfit = set() if "data-repeat" in said else {"data-min", "data-max"}
        found = {mark: meaning for mark, meaning in SECTION_MARKS.items() if mark not in unfit}
    return {mark: meaning for mark, meaning in found.items() if mark not in NAMES}


def initial_of(said: Mapping[str, str]) -> dict[str, str | bool]:
    """Gives what the form shows of the marks that an element has."""
    return {mark: value.lower() != "false" if mark in SWITCHES else value for mark, value in said.items()}


def written(mark: str, value: object, said: Mapping[str, str]) -> str | None:
    """Gives what is written for a mark: nothing where the form says nothing."""
    if mark in SWITCHES:
        return said.get(mark, "") if value and said.get(mark, "").lower() != "false" else ("" if value else None)
    text = str(value).strip()
    return text if text or (mark in said and mark == "data-default") else None


def _input(mark: str, meaning: str) -> forms.Field:
    label, help_text = LABELS[mark], _(meaning)  # the marks' meanings are collected where they stand
    if mark in SWITCHES:
        return forms.BooleanField(label=label, required=False, help_text=help_text)
    if mark == "data-type":
        types = [(kind.value, TYPE_LABELS[kind]) for kind in FieldType]
        return forms.ChoiceField(label=label, choices=types, help_text=help_text)
    if mark == "data-lock":
        return forms.ChoiceField(label=label, choices=LOCKS, required=False)
    if mark == UPLOAD:
        uploads = (("", _("Authors may upload pictures here")), ("false", _("Only pictures that are there")))
        return forms.ChoiceField(label=label, choices=uploads, required=False)
    return forms.CharField(label=label, required=False, max_length=2_000, help_text=help_text)


def _type_of(version: TemplateVersion, name: str) -> str:
    stored = version.compiled.get("fields", []) if isinstance(version.compiled, dict) else []
    return next((str(field["type"]) for field in stored if field["name"] == name), FieldType.LINE.value)
