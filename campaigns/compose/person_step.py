"""The step that asks in whose name a mailing goes, and what is chosen there (catalogue G6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled, RenderContext
from campaigns.compose.content import compiled_of
from campaigns.compose.editing import edit_draft
from campaigns.compose.sender_person import fields_of_person, person_of
from campaigns.compose.step import PERSON, Step, notes_for, own_key
from campaigns.errors import NotAllowed
from campaigns.library.snippets import snippets_of
from campaigns.models import Mailing
from campaigns.preflight.findings import CheckFinding
from groups.models import User
from groups.people.queries import colleagues_of

MOST_OFFERED = 200


def person_steps(
    mailing: Mailing,
    compiled: Compiled,
    values: Mapping[str, Any],
    findings: Sequence[CheckFinding],
    context: RenderContext,
) -> Iterator[Step]:
    """Yields the step where it matters: the mail says something of the person, or somebody was chosen."""
    if mailing.on_behalf_of is None and not fields_of_person(compiled, values, context.snippets):
        return
    key = own_key(PERSON)
    notes = notes_for(key, findings, blocks=True)
    yield Step(
        key=key,
        kind=PERSON,
        title=_("In whose name"),
        help=_("The email shows what your brand's fields say of this person, as their name, photo or licence number."),
        mark="missing" if notes else "done",
        summary=person_of(mailing).name,
        notes=notes,
        warnings=notes_for(key, findings, blocks=False),
    )


def named_person(mailing: Mailing) -> User | None:
    """Gives the person in whose name a mailing goes; None where the mail says nothing of its author."""
    if mailing.on_behalf_of is not None:
        return mailing.on_behalf_of
    compiled = compiled_of(mailing.version)
    snippets = snippets_of(mailing.group.brand) if compiled.snippet_fields else {}
    return mailing.author if fields_of_person(compiled, mailing.values, snippets) else None


def offered_people(mailing: Mailing, actor: User) -> list[User]:
    """Gives the people who can be chosen beside the author, whoever is chosen among them; at most 200."""
    found = list(colleagues_of(actor, mailing.group).exclude(pk=mailing.author_id)[:MOST_OFFERED])
    chosen = mailing.on_behalf_of
    return found if chosen is None or chosen in found else [chosen, *found]


def choose_person(*, mailing: Mailing, person: User | None, actor: User) -> Mailing:
    """Says in whose name a mailing goes; `None` and the author mean the author.

    Raises `NotAllowed` for anybody but people of the group, above it or below it, where the actor writes too.
    """
    if person is not None and person.pk == mailing.author_id:
        person = None
    if person is not None and not colleagues_of(actor, mailing.group).filter(pk=person.pk).exists():
        raise NotAllowed(_("You may only send in the name of people with whom you share a group."))
    return edit_draft(mailing, actor, revision=mailing.revision, on_behalf_of=person)
