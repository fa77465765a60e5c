"""The time that the composer's page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Mailing


class WhenForm(forms.Form):
    """Now, or a date and a time in the group's zone; `send_at` is in UTC, or None for now.

    `in_local_time` says that the clock of each recipient counts instead of the group's. A time that the change to
    summer time skips is refused; one that comes twice in autumn is asked for; after `last_day` nothing goes out (M17).
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
    clock = forms.ChoiceField(required=False, choices=[("", ""), ("group", ""), ("recipient", "")])
    last_day = forms.DateField(
        required=False,
        error_messages={"invalid": gettext_lazy("The last day is no date. Choose one, or leave it empty.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: str, **options: Any) -> None:
        self.zone = ZoneInfo(zone)
        self.is_ambiguous = False
        super().__init__(data, **options)

    def clean(self) -> dict[str, Any]:
        """Puts day and time together."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned["send_at"] = None
        cleaned["in_local_time"] = cleaned.get("when") == "later" and cleaned.get("clock") == "recipient"
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
        return {"when": "now", "last_day": mailing.last_day}
    local = mailing.send_at.astimezone(ZoneInfo(mailing.group.time_zone))
    return {
        "when": "later",
        "day": local.date(),
        "time": local.time(),
        "occurrence": "second" if local.fold else "",
        "clock": "recipient" if mailing.in_local_time else "group",
        "last_day": mailing.last_day,
    }
