"""People who stand in a chunk several times: their rows are counted one after the other, and written as one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from groups.audiences.imports.columns import Person
from groups.audiences.imports.judging import Authority
from groups.audiences.imports.tables import Row
from groups.models import AudienceMember, Contact, Replacement

Rows = Mapping[str, Sequence[tuple[Row, Person]]]


@dataclass(slots=True)
class State:
    """What is known of somebody at one row of the file; `is_changeable` by who imports."""

    email: str
    attributes: dict[str, object]
    consent: tuple[str, str, str]
    is_changeable: bool


@dataclass(slots=True)
class Folded:
    """The rows of several people, as one person each, with how many rows were taken; the rest was refused."""

    people: list[Person] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    refused: list[Row] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)


def known_states(
    brand_id: UUID, external_ids: Sequence[str], authority: Authority, *, is_locking: bool
) -> dict[str, State]:
    """Gives what is known of people, and locks them; nobody for whom there is no contact."""
    found = Contact.objects.select_for_update(no_key=True) if is_locking else Contact.objects.all()
    contacts = list(found.filter(brand=brand_id, external_id__in=external_ids).order_by("pk"))
    changeable = changeable_of([contact.pk for contact in contacts], authority)
    return {
        contact.external_id: State(
            contact.email,
            contact.attributes,
            (
                contact.consent_source,
                contact.consent_on.isoformat() if contact.consent_on else "",
                contact.consent_text,
            ),
            authority.is_whole_brand or contact.pk in changeable,
        )
        for contact in contacts
    }


def changeable_of(contact_ids: Sequence[UUID], authority: Authority) -> set[UUID]:
    """Gives whom of some contacts an import may change, where that is not everybody."""
    groups = [UUID(key) for key in json.loads(authority.group_keys)]
    theirs = AudienceMember.objects.filter(contact__in=contact_ids, audience__group__in=groups)
    coming = Replacement.objects.filter(contact__in=contact_ids, contact_import=authority.import_id)
    return {*theirs.values_list("contact", flat=True), *coming.values_list("contact", flat=True)}


def fold(rows: Rows, states: Mapping[str, State]) -> Folded:
    """Goes through the rows of each person in the order of the file; a later one updates what an earlier one said."""
    folded = Folded()
    for external_id in sorted(rows):
        state = states.get(external_id)
        taken = 0
        attributes: dict[str, object] = {}
        consent = ("", "", "")
        for row, person in rows[external_id]:
            said = json.loads(person.attributes)
            if state is None:
                state = State(person.email, {}, ("", "", ""), is_changeable=True)
                outcome = "new"
                _apply(state, person, said)
            elif not state.is_changeable:
                if state.email != person.email:
                    folded.refused.append(row)
                    continue
                outcome, said = "unchanged", {}
            else:
                outcome = "updated" if _apply(state, person, said) else "unchanged"
            if state.is_changeable:
                consent = _over(consent, person)
            attributes |= said
            folded.counts[outcome] += 1
            taken += 1
        if state is not None and taken:
            written = json.dumps(attributes, ensure_ascii=False)
            folded.people.append(Person(external_id, state.email, written, *consent))
            folded.weights.append(taken)
            folded.states[external_id] = state
    return folded


def _apply(state: State, person: Person, said: Mapping[str, object]) -> bool:
    """Puts what a row says onto what is known, and tells whether that changed anything."""
    before = (state.email, state.attributes, state.consent)
    state.email, state.attributes = person.email, {**state.attributes, **said}
    state.consent = _over(state.consent, person)
    return before != (state.email, state.attributes, state.consent)


def _over(consent: tuple[str, str, str], person: Person) -> tuple[str, str, str]:
    return (
        person.consent_source or consent[0],
        person.consent_on or consent[1],
        person.consent_text or consent[2],
    )
