"""What the page of API tokens sends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from groups.roles import Permission

NEVER: Final = "never"
LASTING: Final = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("1 year")),
    (NEVER, gettext_lazy("Until I revoke it")),
)


class TokenForm(forms.Form):
    """A new token: what it is for, what it may do, and how long it holds."""

    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=80,
        help_text=gettext_lazy("For example: till system in the store"),
    )
    lasts = forms.ChoiceField(label=gettext_lazy("How long does it hold?"), choices=LASTING, initial="90")
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Never more than you may yourself, in the groups in which you may."),
        error_messages={
            "required": gettext_lazy("Choose at least one thing that the token may do."),
            "invalid_choice": gettext_lazy("A token may do no more than you may."),
        },
    )

    def __init__(self, *args: Any, givable: Sequence[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(one.value, one.label) for one in givable]  # type: ignore[attr-defined]

    @property
    def days(self) -> int | None:
        """How many days the token holds, None for ever."""
        lasts = self.cleaned_data["lasts"]
        return None if lasts == NEVER else int(lasts)
