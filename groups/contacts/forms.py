"""What the pages of single contacts ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from groups.audiences.cleaning import SHORT_CHARACTERS
from groups.contacts import typed
from groups.keeping.addresses import held_address
from groups.models import Attribute, AttributeKind, Contact

PREFIX: Final = "attribute_"


class ContactForm(forms.Form):
    """A contact's address, the attributes that one may see, and consent; `texts` are what was typed, by name."""

    email = forms.CharField(label=gettext_lazy("Email address"), max_length=300)
    consent_source = forms.CharField(
        label=gettext_lazy("Where did they agree to get mail?"),
        required=False,
        max_length=SHORT_CHARACTERS,
        help_text=gettext_lazy("For example: sign-up card in the store."),
    )
    consent_on = forms.CharField(
        label=gettext_lazy("When did they agree?"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    consent_text = forms.CharField(
        label=gettext_lazy("To which words did they agree?"),
        required=False,
        max_length=typed.CONSENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, data: Any = None, *, attributes: Sequence[Attribute], contact: Contact | None = None, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.helper = FormHelper()
        self.helper.form_tag = False
        for attribute in attributes:
            self.fields[PREFIX + attribute.name] = _field(attribute)
        if contact is not None:
            self.initial = _initial(contact, attributes)
            if not held_address(contact):
                self.fields[typed.EMAIL].required = False
                self.fields[typed.EMAIL].help_text = _("It is not kept here. Left empty, it stays as Braze has it.")
        consent = [typed.CONSENT_SOURCE, typed.CONSENT_ON, typed.CONSENT_TEXT]
        self.order_fields([typed.EMAIL, typed.EXTERNAL_ID, *(PREFIX + one.name for one in attributes), *consent])

    @property
    def texts(self) -> Mapping[str, str]:
        """What was typed, by the names that `typed` reads."""
        return {name.removeprefix(PREFIX): str(value or "") for name, value in self.cleaned_data.items()}

    def refuse(self, wrong: Mapping[str, str]) -> None:
        """Puts the sentences of a service at their fields."""
        for name, sentence in wrong.items():
            place = name if name in self.fields else PREFIX + name
            self.add_error(place if place in self.fields else None, sentence)


class NewContactForm(ContactForm):
    """One person for a list; their ID may be left out where the portal may derive it."""

    external_id = forms.CharField(label=gettext_lazy("External ID"), required=False, max_length=1000)
    statement = forms.BooleanField(
        label=gettext_lazy("This person has agreed to get marketing mail from this brand, and we can show it."),
        error_messages={
            "required": gettext_lazy("Confirm that this person agreed; otherwise they must not be mailed.")
        },
    )

    def __init__(self, *args: Any, derives_id: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["external_id"].help_text = (
            _("Left empty, it is derived from the address.")
            if derives_id
            else _("By it Braze knows this person. Look it up where your customers' data are kept.")
        )


class EraseForm(forms.Form):
    """What is asked before somebody is erased."""

    reference = forms.CharField(
        label=gettext_lazy("Your own reference"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("For example the number of the request. No name and no address: it stays."),
    )
    is_sure = forms.BooleanField(
        label=gettext_lazy("Erase this person. I know that it cannot be undone."),
        error_messages={"required": gettext_lazy("Confirm that this person is to be erased.")},
    )


class EraseByAddressForm(EraseForm):
    """Somebody to be erased, named by their address."""

    address = forms.EmailField(label=gettext_lazy("Email address"), max_length=254)
    field_order = ("address", "reference", "is_sure")


def _field(attribute: Attribute) -> forms.Field:
    common: dict[str, Any] = {"label": attribute.label, "required": False}
    match attribute.kind:
        case AttributeKind.BOOLEAN:
            choices = (("", "–"), ("yes", pgettext("answer", "yes")), ("no", pgettext("answer", "no")))
            return forms.ChoiceField(choices=choices, **common)
        case AttributeKind.DATE:
            return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **common)
        case AttributeKind.NUMBER:
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
        case _:
            return forms.CharField(max_length=1000, **common)


def _initial(contact: Contact, attributes: Sequence[Attribute]) -> dict[str, str]:
    values = {PREFIX + one.name: _shown(contact.attributes.get(one.name)) for one in attributes}
    return values | {
        typed.EMAIL: held_address(contact),
        typed.CONSENT_SOURCE: contact.consent_source,
        typed.CONSENT_ON: "" if contact.consent_on is None else contact.consent_on.isoformat(),
        typed.CONSENT_TEXT: contact.consent_text,
    }


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
