"""Of which kinds the changes are that a mailing makes to its template; whatever is no field is a kind of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from campaigns.attachments.queries import attachments_of
from campaigns.brandlock import Compiled, default_values
from campaigns.compose.content import compiled_of
from campaigns.models import Mailing

STRUCTURE, SENDER, ATTACHMENT = "structure", "sender", "attachment"


def changed_kinds_of(mailing: Mailing) -> frozenset[str]:
    """Gives the types of the fields that differ from the template, and what else of the mailing is its author's."""
    kinds = set(kinds_between(compiled_of(mailing.version), mailing.values))
    if any(mailing.envelope.values()) or mailing.on_behalf_of_id is not None:
        kinds.add(SENDER)
    if attachments_of(mailing).exists():
        kinds.add(ATTACHMENT)
    return frozenset(kinds)


def kinds_between(compiled: Compiled, values: Mapping[str, Any]) -> Iterator[str]:
    """Yields the kind of each value that is not the template's; entries that come or go change the structure."""
    yield from _kinds(compiled, default_values(compiled), values)


def _kinds(compiled: Compiled, usual: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    for name in usual.keys() | values.keys():
        before, after = usual.get(name), values.get(name)
        if before == after:
            continue
        spec, section = compiled.field(name), compiled.section(name)
        if spec is not None:
            yield spec.type.value
        elif section is not None and section.is_repeated and _same_length(before, after):
            for was, now in zip(before or (), after or (), strict=True):
                yield from _kinds(compiled, was, now)
        else:
            yield STRUCTURE


def _same_length(before: Any, after: Any) -> bool:
    return isinstance(before, list) and isinstance(after, list) and len(before) == len(after)
