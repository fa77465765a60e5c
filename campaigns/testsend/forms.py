"""Who gets a test, and whose values it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Mailing
from campaigns.testsend.queries import colleagues_of, contact_named
from groups.models import Contact, User


class TestersForm(forms.Form):
    """Colleagues by name, and a contact of the mailing's list by address or external ID; empty for sample values."""

    testers = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose who gets the test."),
            "invalid_choice": gettext_lazy(
                "Tests go to people who may see this group's mailings. Reload the page, and choose again."
            ),
            "invalid_pk_value": gettext_lazy(
                "Tests go to people who may see this group's mailings. Reload the page, and choose again."
            ),
        },
    )
    contact = forms.CharField(required=False, max_length=512)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, mailing: Mailing, reader: User, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.mailing, self.reader = mailing, reader
        field = self.fields["testers"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = colleagues_of(mailing.group)

    def clean_contact(self) -> Contact | None:
        """Gives the contact; raises `ValidationError` for somebody who is not on the mailing's list."""
        words = self.cleaned_data["contact"]
        if not words:
            return None
        contact = contact_named(self.mailing, words, self.reader)
        if contact is None:
            raise forms.ValidationError(
                _("Nobody on the mailing's list has the address or ID “%(words)s”. Check the spelling.")
                % {"words": words}
            )
        return contact

    @property
    def sentences(self) -> list[str]:
        """What is wrong, a sentence each."""
        return [str(error) for errors in self.errors.values() for error in errors]
