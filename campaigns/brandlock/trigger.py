"""Templates whose text is kept in Braze: the text to paste there, and the values that travel as trigger properties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from braze_client.liquid import tags_in

from .compiled import Compiled
from .context import RenderContext
from .fields import FieldType, SectionSpec
from .findings import Finding, SourceRefused, ValuesRefused, sentence
from .pieces import Literal, Origin, Piece, Place, Section, Spot
from .render import Target, Writer
from .scope import Scope, Values, fields_that_stand
from .tokens import TOKEN, UNSUBSCRIBE_URL, origin_of
from .types import TYPES

TOKEN_LIQUID = "{{custom_attribute.${smartersends_token}}}"
"""The contact's random unsubscribe token, the only personal value that ever stands in a link."""

PLAIN_SUFFIX = "_text"
_UNSUBSCRIBE_START = "unsubscribe_url_start"
_SUFFIXES = {
    Spot.URL: "_url",
    Spot.URL_PART: "_part",
    Spot.PHONE: "_number",
    Spot.STYLE: "_style",
    Spot.COMMENT: "_comment",
    Spot.PLAIN: PLAIN_SUFFIX,
}


def braze_source(compiled: Compiled, context: RenderContext) -> str:
    """Returns the HTML to paste into Braze: places are trigger properties, sections stand by one each.

    A repeated section is written as often as it may stand. Of the context only the brand's own values, merge tags and
    shared parts are used; what depends on a group travels. Liquid stands in the body alone (B-LIQ-4), so the HTML title
    is filled only with what the brand knows. Raises SourceRefused where two places would travel under one name, where
    an author may move sections, or where an author chooses among shared parts.
    """
    _refuse_what_cannot_travel(compiled)
    _refuse_clashes(compiled)
    writer = Writer(compiled, {}, context, Target.BRAZE)
    return "".join(_source(compiled.pieces, writer, ""))


def trigger_properties(compiled: Compiled, values: Values, context: RenderContext) -> dict[str, str]:
    """Returns a mailing's values as trigger properties, all of them texts.

    A field travels escaped for HTML under its name and plain as `name_text`, an image as `name_url` and `name_alt`, a
    button's address as `name_url`; `group.street` as `group_street`; a section that stands as `section_name`, the
    second item of `events` as `section_events_2` and its fields as `events_2_title`. Braze does not read Liquid in
    properties, so a merge tag in a value raises ValuesRefused.
    """
    writer = Writer(compiled, values, context, Target.BRAZE)
    _refuse_merge_tags(writer.scope)
    properties = {f"section_{name}": "1" for name in sorted(_standing(writer.scope, compiled.sections))}
    for pieces in (compiled.subject, compiled.preheader, compiled.pieces):
        for place, scope in writer.scope.flatten(pieces):
            if not isinstance(place, Place) or not _travels(place):
                continue
            if place.name == UNSUBSCRIBE_URL:
                properties[_UNSUBSCRIBE_START] = _before_token(context.unsubscribe_url)
                continue
            item = _item(scope) if place.origin is Origin.FIELD and _is_of(scope, place.name) else ""
            properties[item + _property(place)] = writer.place(place, scope)
            if place.origin is Origin.FIELD and place.part in {"", "text"}:
                properties[item + place.name + PLAIN_SUFFIX] = writer.place(replace(place, spot=Spot.PLAIN), scope)
    return properties


def property_names(compiled: Compiled) -> frozenset[str]:
    """Returns every name by which a field or the unsubscribe address of a mailing may travel, those of items too."""
    names = {_UNSUBSCRIBE_START}
    for place in compiled.places():
        if not _travels(place) or place.name == UNSUBSCRIBE_URL:
            continue
        spec = compiled.field(place.name) if place.origin is Origin.FIELD else None
        items = [""]
        if spec is not None and spec.repeat:
            maximum = compiled.sections_by_name[spec.repeat].maximum
            items = [f"{spec.repeat}_{number}_" for number in range(1, maximum + 1)]
        names |= {item + name for item in items for name in _names_of(place)}
    return frozenset(names)


def _names_of(place: Place) -> set[str]:
    """Returns the names by which one place travels, apart from its item."""
    is_worded = place.origin is Origin.FIELD and place.part in {"", "text"}
    return {_property(place)} | ({place.name + PLAIN_SUFFIX} if is_worded else set())


def _item(scope: Scope) -> str:
    return f"{scope.repeat}_{scope.number}_" if scope.repeat else ""


def _is_of(scope: Scope, name: str) -> bool:
    """Tells whether a field is of the scope's own item."""
    spec = scope.compiled.field(name)
    return spec is not None and spec.repeat == scope.repeat


def _standing(scope: Scope, sections: Iterable[SectionSpec]) -> Iterator[str]:
    """Yields the names, as they travel, of the sections that stand in a scope and in its items."""
    for section in sections:
        if section.repeat != scope.repeat or not scope.stands(section):
            continue
        if not section.is_repeated:
            yield _item(scope) + section.name
            continue
        inside = [one for one in scope.compiled.sections if one.repeat == section.name]
        for item in scope.items(section):
            yield f"{section.name}_{item.number}"
            yield from _standing(item, inside)


def _source(pieces: tuple[Piece, ...], writer: Writer, item: str) -> Iterator[str]:
    compiled = writer.scope.compiled
    for piece in pieces:
        if isinstance(piece, Literal):
            yield piece.text
        elif isinstance(piece, Section):
            section = compiled.sections_by_name[piece.name]
            if section.is_repeated:
                for number in range(1, section.maximum + 1):
                    yield from _guarded(f"{piece.name}_{number}", piece, writer, f"{piece.name}_{number}_")
            else:
                yield from _guarded(item + piece.name, piece, writer, item)
        elif (snippet := writer.scope.snippet(piece)) is not None:
            yield from _source(snippet, writer, "")
        elif piece.name == UNSUBSCRIBE_URL:
            yield _reference(_UNSUBSCRIBE_START) + TOKEN_LIQUID
        elif not _travels(piece):
            yield writer.place(piece, writer.scope)
        elif piece.spot is not Spot.TITLE:
            is_of_item = piece.origin is Origin.FIELD and compiled.fields_by_name[piece.name].repeat is not None
            yield _reference((item if is_of_item else "") + _property(piece))


def _guarded(name: str, section: Section, writer: Writer, item: str) -> Iterator[str]:
    yield f"{{% if api_trigger_properties.${{section_{name}}} %}}"
    yield from _source(section.pieces, writer, item)
    yield "{% endif %}"


def _travels(place: Place) -> bool:
    if place.spot is Spot.MARK or place.origin is Origin.MERGE:
        return False
    return not place.name.startswith("brand.")


def _property(place: Place) -> str:
    if place.part == "alt":
        return f"{place.name}_alt"
    return place.name.replace(".", "_") + _SUFFIXES.get(place.spot, "")


def _reference(name: str) -> str:
    return f"{{{{api_trigger_properties.${{{name}}}}}}}"


def _refuse_what_cannot_travel(compiled: Compiled) -> None:
    findings: list[Finding] = []
    for section in compiled.sections:
        if section.is_movable:
            message = sentence("%(label)s can be moved by authors, which an email that Braze holds cannot do.")
            findings.append(Finding("movable_in_braze", message, params={"label": section.label}))
    for spec in compiled.fields:
        if spec.type is FieldType.SNIPPET and len(spec.options) > 1:
            message = sentence(
                "%(label)s lets authors choose a shared part, which an email that Braze holds cannot do."
            )
            findings.append(Finding("snippet_in_braze", message, field=spec.name, params={"label": spec.label}))
    if findings:
        raise SourceRefused(findings)


def _before_token(url: str) -> str:
    """Returns the unsubscribe address up to the token, which the pasted text adds, and refuses one that goes on."""
    tags = tags_in(url)
    if [tag.source for tag in tags] != [TOKEN_LIQUID] or tags[0].end != len(url):
        message = sentence("The unsubscribe address does not end with the contact's token.")
        raise ValuesRefused([Finding("unsubscribe_address", message)])
    return url[: tags[0].start].replace("&", "&amp;")


def _refuse_clashes(compiled: Compiled) -> None:
    names: dict[str, Place] = {}
    for place in compiled.places():
        if not _travels(place) or place.name == UNSUBSCRIBE_URL:
            continue
        spec = compiled.field(place.name) if place.origin is Origin.FIELD else None
        item = f"{spec.repeat}_1_" if spec is not None and spec.repeat else ""
        for name in _names_of(place):
            first = names.setdefault(item + name, place)
            if (first.name, first.part) != (place.name, place.part):
                message = sentence("%(first)s and %(second)s would both travel to Braze as %(name)s. Rename one.")
                params = {"first": first.name, "second": place.name, "name": item + name}
                raise SourceRefused([Finding("property_clash", message, field=place.name, params=params)])


def _refuse_merge_tags(scope: Scope) -> None:
    findings: list[Finding] = []
    for spec, where in fields_that_stand(scope):
        kind = TYPES[spec.type]
        for name in TOKEN.findall(kind.words(spec, where.value(spec))) if kind.takes_tokens else ():
            if origin_of(name) is Origin.MERGE:
                message = sentence(
                    "%(label)s holds [[%(name)s]], which cannot be filled in: this email's text is kept in Braze."
                )
                params = {"label": spec.label, "name": name}
                findings.append(Finding("merge_tag_in_property", message, field=spec.name, params=params))
    if findings:
        raise ValuesRefused(findings)
