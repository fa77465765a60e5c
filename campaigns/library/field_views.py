"""The settings of one field or section, changed in a form and written back into the source of the draft."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from braze_client.liquid import contains_liquid
from campaigns.brandlock import FieldType
from campaigns.brandlock.marks import COMMON_MARKS, FIELD_MARKS, SECTION_MARKS
from campaigns.brandlock.rewriting import NoSuchMark, settings_of, with_settings
from campaigns.brandlock.types import TYPES
from campaigns.errors import Refusal
from campaigns.library import queries
from campaigns.library.drafting import save_draft
from campaigns.library.views import managed_template
from campaigns.models import TemplateVersion
from groups.http import PortalRequest

NAMES = frozenset({"data-field", "data-section", "data-repeat"})
SWITCHES = frozenset({"data-required", "data-must-change", "data-optional", "data-pinned"})
LABELS = {
    "data-label": gettext_lazy("Label"),
    "data-help": gettext_lazy("Guidance"),
    "data-required": gettext_lazy("Required"),
    "data-must-change": gettext_lazy("Must be changed"),
    "data-min": gettext_lazy("At least"),
    "data-max": gettext_lazy("At most"),
    "data-type": gettext_lazy("Type"),
    "data-optional": gettext_lazy("Can be left out"),
    "data-if": gettext_lazy("Stands if"),
    "data-lock": gettext_lazy("What is locked"),
    "data-options": gettext_lazy("Approved values"),
    "data-default": gettext_lazy("Text to begin with"),
}


class SettingsForm(forms.Form):
    """One input for each mark that the element takes."""

    def clean(self) -> dict[str, Any]:
        """Takes no Liquid: marks are read by people, and half a tag would swallow the source behind it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            if isinstance(value, str) and contains_liquid(value):
                self.add_error(name, _("Braces of Liquid cannot stand here. Write words."))
        return cleaned

    def __init__(self, *args: Any, marks: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        for mark, meaning in marks.items():
            label = LABELS.get(mark, mark)
            if mark in SWITCHES:
                self.fields[mark] = forms.BooleanField(label=label, required=False, help_text=meaning)
            elif mark == "data-type":
                choices = [(kind.value, kind.value) for kind in FieldType]
                self.fields[mark] = forms.ChoiceField(label=label, choices=choices, help_text=meaning)
            else:
                self.fields[mark] = forms.CharField(label=label, required=False, max_length=2_000, help_text=meaning)


@login_required
@require_http_methods(["GET", "POST"])
def template_field(request: PortalRequest, template_id: uuid.UUID, name: str) -> HttpResponse:
    """Shows the marks of a field or section as a form; POST writes them into the source of the draft."""
    template = managed_template(request, template_id)
    version = queries.newest_of(template)
    if version is None:
        raise Http404
    try:
        said = settings_of(version.source, version.source_kind, name)
    except NoSuchMark as error:
        raise Http404 from error
    marks = _marks_for(said, version, name)
    initial = {mark: value.lower() != "false" if mark in SWITCHES else value for mark, value in said.items()}
    form = SettingsForm(request.POST or None, initial=initial, marks=marks)
    if request.method == "POST" and form.is_valid():
        settings = {mark: _written(mark, form.cleaned_data[mark], said) for mark in marks}
        source = with_settings(version.source, version.source_kind, name, settings)
        try:
            save_draft(
                template=template,
                source=source,
                kind=version.source_kind,
                actor=request.user,
                trigger_campaign_id=version.trigger_campaign_id,
                envelope=version.envelope,
                inlines_css=version.inlines_css,
                seen=version.digest,
            )
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("The source says so now. Look at what the check finds."))
            return redirect("campaigns:template-edit", template_id=template.pk)
    context = {"template": template, "form": form, "name": name}
    return render(request, "library/template_field.html", context, status=422 if form.errors else 200)


def _marks_for(said: Mapping[str, str], version: TemplateVersion, name: str) -> dict[str, str]:
    """Gives the marks that the element takes, with what they mean, those that it has first."""
    if "data-field" in said and said["data-field"] == name:
        spec = next((one for one in _fields(version) if one[0] == name), None)
        kind = said.get("data-type") or (spec[1] if spec else FieldType.LINE.value)
        known = COMMON_MARKS | (TYPES[FieldType(kind)].marks if kind in set(FieldType) else frozenset())
        found = {mark: meaning for mark, meaning in FIELD_MARKS.items() if mark in known | said.keys()}
    else:
        known = frozenset(SECTION_MARKS) - ({"data-min", "data-max"} if "data-repeat" not in said else frozenset())
        found = {mark: meaning for mark, meaning in SECTION_MARKS.items() if mark in known}
    return {mark: _(meaning) for mark, meaning in found.items() if mark not in NAMES}


def _fields(version: TemplateVersion) -> list[tuple[str, str]]:
    stored = version.compiled.get("fields", []) if isinstance(version.compiled, dict) else []
    return [(str(field["name"]), str(field["type"])) for field in stored]


def _written(mark: str, value: object, said: Mapping[str, str]) -> str | None:
    """Gives what is written for a mark: nothing where the form says nothing."""
    if mark in SWITCHES:
        return said.get(mark, "") if value and said.get(mark, "").lower() != "false" else ("" if value else None)
    text = str(value).strip()
    return text if text or (mark in said and mark == "data-default") else None
