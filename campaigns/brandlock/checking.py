"""What the rules of fields and sections say about values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from .compiled import Compiled
from .context import RenderContext
from .fields import MOST_CHARACTERS, FieldSpec, FieldType
from .findings import Finding, sentence
from .link_rules import check_links
from .pieces import Json, Origin, Place
from .scope import Scope, Values, fields_that_stand
from .tokens import ANY_TOKEN, TOKEN, is_of_person, origin_of
from .types import TYPES
from .types.base import found_in

_EMPTY_MESSAGES = {
    "group": sentence("%(name)s has no value. It is shown in this email; fill it in the settings of the group."),
    "sender": sentence("The sender's %(name)s has no value. It is shown in this email; fill it in for the group."),
    "person": sentence("%(person)s has no %(name)s. It is shown in this email; fill it in, or choose somebody else."),
    "brand": sentence("%(name)s has no value. It is shown in this email; fill it in the settings of the brand."),
}
_PLACEHOLDER_WORDS = re.compile(r"\blorem ipsum\b", re.IGNORECASE)


def check_values(compiled: Compiled, values: Values, context: RenderContext) -> tuple[Finding, ...]:
    """Returns everything that the rules say about values, in the order of the email; what blocks keeps them unsent.

    Fields of a section that does not stand are not asked for. Group fields that the template or a value uses and that
    have no value are named (`group_field_empty`), and so are those of the person it goes in the name of
    (`sender_field_empty`).
    """
    scope = Scope(compiled, values, context)
    findings = [
        finding
        for spec, where in fields_that_stand(scope)
        for finding in _check(_named(spec, where), where.value(spec), context)
    ]
    names: dict[str, None] = {}
    for pieces in (compiled.subject, compiled.preheader, compiled.pieces):
        for piece, _ in scope.flatten(pieces):
            if isinstance(piece, Place) and piece.origin in {Origin.PORTAL, Origin.MERGE}:
                names[piece.name] = None
    for name in names:
        findings += _check_token(name, "", context)
    return tuple(findings)


def _named(spec: FieldSpec, scope: Scope) -> FieldSpec:
    """Returns a field as its findings name it: in an item by its path, its label with the item's number."""
    if scope.repeat is None:
        return spec
    path = f"{scope.repeat}.{scope.number}.{spec.name}"
    return replace(spec, name=path, label=f"{spec.label} ({scope.number})")


def _check(spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
    kind = TYPES[spec.type]
    if not kind.is_filled(spec, value):
        is_half_done = kind.is_half_done(spec, value)
        if spec.required or is_half_done or spec.name == "subject":
            yield found_in(spec, "required", "%(label)s is empty. Fill it in.")
        if not is_half_done:
            return
    if spec.must_change and value == spec.default:
        yield found_in(spec, "must_change", "%(label)s still has the template's text. Write your own.")
    words = kind.words(spec, value)
    yield from _length(spec, kind.counted(spec, value))
    if _PLACEHOLDER_WORDS.search(words):
        message = sentence("%(label)s still holds a placeholder: %(text)s.")
        yield found_in(spec, "placeholder_left", message, text="lorem ipsum")
    yield from _check_tokens(spec, words, context, _split_tokens(spec, value, words, context))
    yield from kind.problems(spec, value, context)
    yield from check_links(spec, kind.links(spec, value), context)


def _length(spec: FieldSpec, count: int) -> Iterator[Finding]:
    maximum = MOST_CHARACTERS if spec.maximum is None else spec.maximum
    if count > maximum:
        message = sentence("%(label)s has %(count)s characters; %(maximum)s are allowed.")
        yield found_in(spec, "too_long", message, count=str(count), maximum=str(maximum))
    if spec.minimum is not None and count < spec.minimum:
        message = sentence("%(label)s has %(count)s characters; it needs %(minimum)s.")
        yield found_in(spec, "too_short", message, count=str(count), minimum=str(spec.minimum))


def _split_tokens(spec: FieldSpec, value: Json, words: str, context: RenderContext) -> frozenset[str]:
    """Returns the tokens of rich text that formatting cuts in two, as a bold half: nobody fills them in."""
    if spec.type is not FieldType.TEXT:
        return frozenset()
    whole = TOKEN.findall(TYPES[spec.type].shown(spec, value, "", context))
    return frozenset(Counter(TOKEN.findall(words)) - Counter(whole))


def _check_tokens(spec: FieldSpec, words: str, context: RenderContext, split: frozenset[str]) -> Iterator[Finding]:
    for match in ANY_TOKEN.finditer(words):
        whole = TOKEN.fullmatch(match.group())
        name = whole.group(1) if whole else ""
        if not name or name in split or not TYPES[spec.type].takes_tokens or not context.fills(name):
            message = sentence("%(label)s still holds a placeholder: %(text)s.")
            yield found_in(spec, "placeholder_left", message, text=match.group())
        else:
            yield from _check_token(name, spec.name, context)


def _check_token(name: str, field: str, context: RenderContext) -> Iterator[Finding]:
    room, _, rest = name.partition(".")
    if origin_of(name) is Origin.MERGE:
        if name not in context.merge_tags:
            message = sentence("The brand has no merge tag %(name)s. A brand manager can add it.")
            yield Finding("merge_tag_unknown", message, field=field, params={"name": name})
    elif not context.portal_value(name) and is_of_person(name):
        person = context.portal_value("sender.person") or context.portal_value("sender.email")
        params = {"name": rest, "person": person}
        yield Finding("sender_field_empty", _EMPTY_MESSAGES["person"], field=field, params=params)
    elif not context.portal_value(name):
        code = "group_field_empty" if room == "group" else "value_empty"
        message = _EMPTY_MESSAGES.get(room if rest else "brand", _EMPTY_MESSAGES["brand"])
        yield Finding(code, message, field=field, params={"name": rest or name})
