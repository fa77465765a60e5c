"""In whose name a mailing goes, and what mails say of that person: its author, unless it is sent on behalf of another.

Catalogue G6.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from campaigns.brandlock import Compiled, FieldType, Snippet
from campaigns.brandlock.conditions import parse
from campaigns.brandlock.pieces import places
from campaigns.brandlock.tokens import TOKEN, is_of_person
from campaigns.compose.sender import group_sender, sender_of
from campaigns.models import Mailing
from groups.models import Brand, Group, User, UserFieldKind
from groups.people.field_values import sender_fields_of

_ADDRESSES = (UserFieldKind.URL, UserFieldKind.PICTURE)


class SenderFacts(Mapping[str, str]):
    """All that a mail may show as `[[sender.NAME]]`: whom it comes from, and the fields of the person.

    What is said of the person is read when it is asked for the first time, because few mails do. Without a mailing
    the labels of the fields stand there.
    """

    def __init__(self, parts: Mapping[str, str], group: Group, mailing: Mailing | None = None) -> None:
        self._parts = parts
        self._group = group
        self._mailing = mailing

    def __getitem__(self, name: str) -> str:
        return self._parts[name] if name in self._parts else self._of_person[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._parts, **self._of_person})

    def __len__(self) -> int:
        return len({**self._parts, **self._of_person})

    @cached_property
    def _of_person(self) -> Mapping[str, str]:
        if self._mailing is None:
            return _labels(self._group.brand)
        return sender_fields_of(person_of(self._mailing), self._group.brand, self._group.language)


def sender_facts(mailing: Mailing) -> SenderFacts:
    """Gives what a mailing says of its sender."""
    return SenderFacts(sender_of(mailing), mailing.group, mailing)


def sample_facts(group: Group) -> SenderFacts:
    """Gives what a mail of a group says of its sender before there is a mailing."""
    return SenderFacts(group_sender(group), group)


def person_of(mailing: Mailing) -> User:
    """Gives the person in whose name a mailing goes."""
    return mailing.on_behalf_of or mailing.author


def fields_of_person(compiled: Compiled, values: Mapping[str, Any], snippets: Mapping[str, Snippet]) -> tuple[str, ...]:
    """Gives the fields of the person that a mail asks for on some day: its places, texts, shared parts and rules."""
    shared = {option.value for spec in compiled.fields if spec.type is FieldType.SNIPPET for option in spec.options}
    parts = [part for name in shared if (part := compiled.snippets_by_name.get(name) or snippets.get(name))]
    named = {place.name for place in compiled.places()}
    named |= {place.name for part in parts for place in places(part.pieces)}
    named |= set(TOKEN.findall(json.dumps([values, *(spec.default for spec in compiled.fields)], ensure_ascii=False)))
    rules = (section.condition for section in compiled.sections if section.condition)
    named |= {subject for rule in rules for subject in parse(rule).subjects()}
    return tuple(sorted(name.removeprefix("sender.") for name in named if is_of_person(name)))


def _labels(brand: Brand) -> dict[str, str]:
    """Gives the label of each field in place of a value; an address stays empty, because a label is none."""
    fields = brand.user_fields.exclude(kind__in=_ADDRESSES).values_list("key", "label")
    named = {"person": _("Name of the person"), "email": _("Email address of the person"), **dict(fields)}
    return {key: f"‹{label}›" for key, label in named.items()}
