"""What the composer's page sends, as values and moments that the services take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.brandlock import Compiled, FieldSpec, FieldType
from campaigns.models import Mailing

PARTS: dict[FieldType, tuple[str, ...]] = {
    FieldType.TEXT: ("html",),
    FieldType.IMAGE: ("image", "alt"),
    FieldType.BUTTON: ("text", "url"),
}
SECTION_PREFIX = "sections."


def input_names(spec: FieldSpec) -> tuple[str, ...]:
    """Gives the names of a field's inputs: `headline`, or `cta.text` and `cta.url`."""
    parts = PARTS.get(spec.type)
    return tuple(f"{spec.name}.{part}" for part in parts) if parts else (spec.name,)


def changes_in(post: QueryDict, compiled: Compiled, values: Mapping[str, Any]) -> dict[str, Any]:
    """Gives the values that a form brings and that differ from the stored ones; what it does not name stays.

    A line is a text, anything else an object of its parts (design.md, section 3). `sections` comes whole.
    """
    changes: dict[str, Any] = {}
    for spec in compiled.fields:
        names = [name for name in input_names(spec) if name in post]
        if not names:
            continue
        value: Any = _typed(post, names[0])
        if spec.type in PARTS:
            kept = values.get(spec.name)
            value = dict(kept) if isinstance(kept, Mapping) else {}
            value |= {name.rpartition(".")[2]: _typed(post, name) for name in names}
        if _trimmed(value) != _trimmed(values.get(spec.name)):
            changes[spec.name] = value
    stored = dict(values.get("sections", {}))
    chosen = stored | {
        section.name: post.getlist(SECTION_PREFIX + section.name)[-1] == "on"
        for section in compiled.sections
        if section.optional and SECTION_PREFIX + section.name in post
    }
    if chosen != stored:
        changes["sections"] = chosen
    return changes


def _typed(post: QueryDict, name: str) -> str:
    """Gives a text with the line breaks it was written with: forms send them as two characters."""
    return str(post[name]).replace("\r\n", "\n")


def _trimmed(value: Any) -> Any:
    """Gives a value without the blanks at its ends, which a text area does not keep."""
    if isinstance(value, Mapping):
        return {part: _trimmed(text) for part, text in value.items()}
    return value.strip() if isinstance(value, str) else value


class WhenForm(forms.Form):
    """Now, or a date and a time in the group's zone; `send_at` is in UTC, or None for now.

    A time that the change to summer time skips is refused; one that comes twice in autumn is asked for (M17).
    """

    when = forms.ChoiceField(choices=[("now", ""), ("later", "")])
    day = forms.DateField(
        required=False,
        label=gettext_lazy("Date"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    time = forms.TimeField(
        required=False,
        label=gettext_lazy("Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    occurrence = forms.ChoiceField(required=False, choices=[("", ""), ("first", ""), ("second", "")])

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: str, **options: Any) -> None:
        self.zone = ZoneInfo(zone)
        self.is_ambiguous = False
        super().__init__(data, **options)

    def clean(self) -> dict[str, Any]:
        """Puts day and time together."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["send_at"] = None
        if cleaned.get("when") != "later" or self.errors:
            return cleaned
        if cleaned.get("day") is None:
            raise forms.ValidationError(_("Choose a date."), code="day")
        if cleaned.get("time") is None:
            raise forms.ValidationError(_("Choose a time."), code="time")
        cleaned["send_at"] = self.moment(cleaned["day"], cleaned["time"], cleaned.get("occurrence", ""))
        if cleaned["send_at"] <= timezone.now():
            raise forms.ValidationError(_("This time has passed. Choose a later one, or send now."), code="past")
        return cleaned

    def moment(self, day: date, at: clock_time, occurrence: str) -> datetime:
        """Gives the moment of a wall-clock time in the zone, in UTC."""
        first, second = (datetime.combine(day, at, self.zone).replace(fold=fold) for fold in (0, 1))
        if first.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != first.replace(tzinfo=None):
            raise forms.ValidationError(
                _("On this day the clocks go forward: %(time)s does not exist in %(zone)s. Choose another time.")
                % {"time": at.strftime("%H:%M"), "zone": self.zone.key},
                code="missing",
            )
        self.is_ambiguous = first.utcoffset() != second.utcoffset()
        if self.is_ambiguous and not occurrence:
            raise forms.ValidationError(
                _("On this day the clocks go back: %(time)s comes twice in %(zone)s. Say which one you mean.")
                % {"time": at.strftime("%H:%M"), "zone": self.zone.key},
                code="twice",
            )
        return (second if occurrence == "second" else first).astimezone(UTC)

    @property
    def sentence(self) -> str:
        """What is wrong, as one sentence for the step."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)


def when_initial(mailing: Mailing) -> dict[str, Any]:
    """Gives the chosen time of a mailing as the form shows it."""
    if mailing.send_at is None:
        return {"when": "now"}
    local = mailing.send_at.astimezone(ZoneInfo(mailing.group.time_zone))
    occurrence = "second" if local.fold else ""
    return {"when": "later", "day": local.date(), "time": local.time(), "occurrence": occurrence}
