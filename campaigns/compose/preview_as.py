"""As whom a mailing is looked at: a sample person, a contact of its list, or the worst that may come (M15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from campaigns.brandlock import MergeTag, RenderContext
from campaigns.compose.content import context_for
from campaigns.errors import Refusal
from campaigns.models import Mailing
from campaigns.testsend.queries import contact_named
from groups import access
from groups.models import Contact, User
from groups.roles import Permission

LONGEST, NOTHING = "longest", "nothing"
# Longer than nearly every name that people have; a real one that is longer breaks no mail, only a line.
LONG_VALUE = "Maximiliane-Alexandra von Hohenstein-Wittelsbach"


class NobodyThere(Refusal):
    """The mailing's list has no such contact, or its reader may not look into it."""


def context_as(mailing: Mailing, reader: User, *, case: str = "", contact: str = "") -> RenderContext:
    """Gives the context of a mailing with somebody's values in place of the samples of merge tags.

    `contact` is the address or the ID of somebody on the mailing's list; `case` is `longest`, or `nothing` for a person
    of whom Braze knows nothing. Raises `NobodyThere`.
    """
    context = context_for(mailing)
    if contact:
        found = contact_named(mailing, contact, reader) if _may_look(mailing, reader) else None
        if found is None:
            raise NobodyThere("")
        return _with(context, lambda tag: _known(found, tag) or tag.fallback)
    if case == LONGEST:
        return _with(context, lambda tag: max(LONG_VALUE, tag.sample, tag.fallback, key=len))
    return _with(context, lambda tag: tag.fallback) if case == NOTHING else context


def _may_look(mailing: Mailing, reader: User) -> bool:
    return access.may(reader, Permission.SEE_CONTACTS, mailing.group)


def _with(context: RenderContext, said: Callable[[MergeTag], str]) -> RenderContext:
    tags = {name: replace(tag, sample=said(tag)) for name, tag in context.merge_tags.items()}
    return replace(context, merge_tags=tags)


def _known(contact: Contact, tag: MergeTag) -> str:
    value = contact.attributes.get(tag.name)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
