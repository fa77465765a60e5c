"""The lines of a page of contacts: each with its name, as far as it is seen, and with the lists that one sees."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from groups import access
from groups.audiences import cleaning
from groups.contacts.searching import ContactPage, name_of
from groups.models import AudienceMember, Contact, User
from groups.roles import Permission

WORDS_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class ContactLine:
    """A contact with their name and the first of their lists; `more_lists` counts the others."""

    contact: Contact
    name: str
    list_name: str = ""
    group_name: str = ""
    more_lists: int = 0


def typed_words(text: str) -> str:
    """Gives what was typed into a search as one line that a query takes."""
    return " ".join(cleaning.shown_text(text[:WORDS_CHARACTERS]).split())


def lines_of(page: ContactPage, reader: User) -> list[ContactLine]:
    """Gives a line for each contact of a page, in one more query."""
    ids = [contact.pk for contact in page.contacts]
    lists: dict[UUID, list[tuple[str, str]]] = {}
    members = AudienceMember.objects.filter(
        access.open_members(reader, Permission.SEE_CONTACTS),
        contact__in=ids,
        audience__group__in=access.groups_with(reader, Permission.SEE_CONTACTS),
    )
    for contact_id, name, group in members.order_by("audience__group__name", "audience__name").values_list(
        "contact", "audience__name", "audience__group__name"
    ):
        lists.setdefault(contact_id, []).append((name, group))
    return [_line(contact, page, lists.get(contact.pk, [])) for contact in page.contacts]


def _line(contact: Contact, page: ContactPage, lists: list[tuple[str, str]]) -> ContactLine:
    first, group = lists[0] if lists else ("", "")
    return ContactLine(contact, name_of(contact, page.names), first, group, max(0, len(lists) - 1))
