"""Moving a mailing to another time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from campaigns.compose.forms import WhenForm


class RescheduleForm(WhenForm):
    """A date and a time in the group's zone; "now" is no answer here."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, zone: str, **options: Any) -> None:
        filled = None if data is None else {**{name: data.get(name, "") for name in data}, "when": "later"}
        super().__init__(filled, zone=zone, **options)
