"""The settings of one field or section as a form: one input for each mark that the element takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from braze_client.liquid import contains_liquid
from campaigns.brandlock import FieldType, Lock
from campaigns.brandlock.marks import COMMON_MARKS, FIELD_MARKS, SECTION_MARKS
from campaigns.brandlock.types import TYPES
from campaigns.models import TemplateVersion

NAMES = frozenset({"data-field", "data-section", "data-repeat"})
SWITCHES = frozenset({"data-required", "data-must-change", "data-optional", "data-pinned"})
UPLOAD = "data-upload"
LABELS = {
    "data-type": _("Type"),
    "data-label": _("Label"),
    "data-help": _("Guidance"),
    "data-good": _("A good example"),
    "data-bad": _("An example to avoid"),
    "data-default": _("Value to begin with"),
    "data-required": _("Required"),
    "data-must-change": _("Must be changed"),
    "data-min": _("At least"),
    "data-max": _("At most"),
    "data-pattern": _("Pattern"),
    "data-options": _("Approved values"),
    "data-attribute": _("Attribute or style that it fills"),
    "data-formats": _("Formats"),
    "data-decimals": _("Digits after the point"),
    "data-currency": _("Currency"),
    "data-format": _("How a date is written"),
    "data-folders": _("Image folders"),
    UPLOAD: _("Uploads"),
    "data-ratio": _("Shape"),
    "data-size": _("Exact size"),
    "data-min-size": _("Smallest size"),
    "data-max-size": _("Largest size"),
    "data-domains": _("Sites that links may lead to"),
    "data-link-style": _("Style of links"),
    "data-paragraph-style": _("Style of paragraphs"),
    "data-list-style": _("Style of lists"),
    "data-pinned": _("Stays as it is when published"),
    "data-section-label": _("Label"),
    "data-section-help": _("Guidance"),
    "data-optional": _("Can be left out"),
    "data-if": _("Stands if"),
    "data-choose": _("Choice that it is a variant of"),
    "data-lock": _("What is locked"),
    "data-reason": _("Why it is locked"),
}
TYPE_LABELS = {
    FieldType.LINE: _("A line"),
    FieldType.TEXT: _("Rich text"),
    FieldType.IMAGE: _("Picture"),
    FieldType.BUTTON: _("Button"),
    FieldType.CHOICE: _("One of approved values"),
    FieldType.DATE: _("Date"),
    FieldType.TIME: _("Time"),
    FieldType.NUMBER: _("Number"),
    FieldType.PRICE: _("Price"),
    FieldType.PHONE: _("Telephone number"),
    FieldType.COLOR: _("Colour"),
    FieldType.SNIPPET: _("Shared part"),
}
LOCKS = (
    ("", _("What is open is open")),
    (Lock.CONTENT.value, _("The words; authors may move it or leave it out")),
    (Lock.STRUCTURE.value, _("Its place and that it stands; its fields are open")),
    (Lock.NONE.value, _("Nothing; authors may move it, leave it out and fill it in")),
)


class SettingsForm(forms.Form):
    """One input for each mark, named by it."""

    def __init__(self, *args: Any, marks: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for mark, meaning in marks.items():
            self.fields[mark] = _input(mark, meaning)

    def clean(self) -> dict[str, Any]:
        """Takes no Liquid: marks are read by people, and half a tag would swallow the source behind it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
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
