"""What a published template needs of every group that uses it, read off its pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from campaigns.brandlock import Compiled, FieldSpec, FieldType
from campaigns.brandlock.fields import SectionSpec
from campaigns.brandlock.pieces import Piece, Place, Section
from campaigns.brandlock.tokens import TOKEN
from campaigns.compose.content import compiled_of
from campaigns.compose.sender import rules_of
from campaigns.library.snippets import snippets_of
from campaigns.models import Route, TemplateVersion


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be there: names of group fields, in the order of the email, and parts of the sender.

    `galleries` are the folders, by name, from one of which a picture has to come; an empty tuple means any folder.
    """

    group_fields: tuple[str, ...] = ()
    sender: frozenset[str] = frozenset()
    has_price: bool = False
    galleries: frozenset[tuple[str, ...]] = frozenset()


def needs_of(version: TemplateVersion) -> Needs:
    """Gives what a version asks of a group; what stands only under a condition, or by choice, is not asked for."""
    compiled = compiled_of(version)
    names = dict.fromkeys(_names(version, compiled))
    sender = {name.removeprefix("sender.") for name in names if name.startswith("sender.")}
    if version.template.route == Route.SCHEDULE:
        sender.add("address")
    sender -= {part for part, rule in rules_of(version).items() if rule.get("value") or rule.get("is_open")}
    asked = [spec for spec in compiled.fields if not _is_loose(spec.section, compiled)]
    return Needs(
        group_fields=tuple(name.removeprefix("group.") for name in names if name.startswith("group.")),
        sender=frozenset(sender),
        has_price=any(spec.type is FieldType.PRICE and not spec.currency for spec in asked),
        galleries=frozenset(spec.folders for spec in asked if _wants_picture(spec)),
    )


def _names(version: TemplateVersion, compiled: Compiled) -> Iterator[str]:
    """Yields what is filled in wherever the mail is, from pieces, from the template's own words and shared parts."""
    for pieces in (compiled.subject, compiled.preheader, compiled.pieces):
        yield from _places(pieces, compiled)
    snippets = snippets_of(version.template.brand)
    for spec in compiled.fields:
        if _is_loose(spec.section, compiled):
            continue
        if spec.type is FieldType.SNIPPET:
            part = compiled.snippets_by_name.get(str(spec.default)) or snippets.get(str(spec.default))
            yield from _places(part.pieces if part else (), compiled)
        else:
            yield from TOKEN.findall(json.dumps(spec.default, ensure_ascii=False))


def _places(pieces: Sequence[Piece], compiled: Compiled) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Place):
            yield piece.name
        elif isinstance(piece, Section) and not _is_loose(piece.name, compiled):
            yield from _places(piece.pieces, compiled)


def _is_loose(name: str | None, compiled: Compiled) -> bool:
    """Tells whether a section, or one that holds it, may be absent."""
    while name is not None and (section := compiled.section(name)) is not None:
        if _may_be_absent(section):
            return True
        name = section.parent
    return False


def _may_be_absent(section: SectionSpec) -> bool:
    is_chosen = section.optional or section.condition or section.choice
    return bool(is_chosen) or (section.is_repeated and section.minimum == 0)


def _wants_picture(spec: FieldSpec) -> bool:
    """Tells whether a field has to show a picture that nobody can upload where it is missing."""
    has_own = isinstance(spec.default, dict) and bool(spec.default.get("image"))
    is_asked = spec.type is FieldType.IMAGE and spec.required and not spec.is_locked
    return is_asked and not has_own and not spec.takes_uploads
