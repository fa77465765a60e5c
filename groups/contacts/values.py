"""What the portal knows of a contact, in words, as far as somebody may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext

from groups.contacts.seeing import attributes_seen_of
from groups.models import Attribute, AttributeKind, Contact, User
from groups.roles import Permission


@dataclass(frozen=True, slots=True)
class ValueLine:
    """An attribute of a contact with its value in words; empty where nothing is known."""

    attribute: Attribute
    value: str


def contact_values(contact: Contact, reader: User) -> list[ValueLine]:
    """Gives the attributes of a contact that a person sees, those without a value too; three queries."""
    seen = attributes_seen_of(contact, reader, Permission.SEE_CONTACTS)
    return [ValueLine(one, value_in_words(contact.attributes.get(one.name), one.kind)) for one in seen]


def value_in_words(value: object, kind: str) -> str:
    """Gives a value of an attribute in words; a day as the language writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    if kind == AttributeKind.DATE:
        try:
            return date_format(date.fromisoformat(str(value)), "DATE_FORMAT")
        except ValueError:
            pass
    return str(value)
