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
    """Gives a line for each contact of a page, in three more queries.

    The lists of these few people come first, and then which of their groups the reader may look into: the other way
    round the database would go through all groups of a large brand.
    """
    found = list(
        AudienceMember.objects.filter(contact__in=[contact.pk for contact in page.contacts])
        .order_by("audience__group__name", "audience__name")
        .values_list("contact", "audience__name", "audience__group", "audience__group__name", "audience__is_private")
    )
    groups = {group_id for _contact, _name, group_id, _group, _is_private in found}
    seen = set(access.groups_with(reader, Permission.SEE_CONTACTS).filter(pk__in=groups).values_list("pk", flat=True))
    private = {group_id for _contact, _name, group_id, _group, is_private in found if is_private}
    own = access.groups_held(reader, Permission.SEE_CONTACTS).filter(pk__in=private)
    held = set(own.values_list("pk", flat=True)) if private else set()
    lists: dict[UUID, list[tuple[str, str]]] = {}
    for contact_id, name, group_id, group, is_private in found:
        if group_id in (held if is_private else seen):
            lists.setdefault(contact_id, []).append((name, group))
    return [_line(contact, page, lists.get(contact.pk, [])) for contact in page.contacts]


def _line(contact: Contact, page: ContactPage, lists: list[tuple[str, str]]) -> ContactLine:
    first, group = lists[0] if lists else ("", "")
    return ContactLine(contact, name_of(contact, page.names), first, group, max(0, len(lists) - 1))
