"""What the pages of deliveries ask for: another time, a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from campaigns.compose.forms import WhenForm


class RescheduleForm(WhenForm):
    """A date and a time in the group's zone; "now" is no answer here, and the last day stays."""

    last_day = None  # type: ignore[assignment]  # how a form takes back a field that it inherits

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: str, **options: Any) -> None:
        filled = None if data is None else {**{name: data.get(name, "") for name in data}, "when": "later"}
        super().__init__(filled, zone=zone, **options)


class ReasonForm(forms.Form):
    """Why something is stopped, for everybody who is concerned to read."""

    reason = forms.CharField(
        max_length=300,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody whom this stops reads it: say what is wrong, and who knows more."),
        error_messages={"required": gettext_lazy("Say why. The people of the stores read it.")},
    )
