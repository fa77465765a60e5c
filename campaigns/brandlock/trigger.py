"""Templates whose text is kept in Braze: the text to paste there, and the values that travel as trigger properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from braze_client.liquid import tags_in

from .compile import Compiled
from .context import RenderContext
from .fields import FieldType
from .findings import Finding, SourceRefused, ValuesRefused, sentence
from .pieces import Literal, Origin, Piece, Place, Section, Spot
from .render import Target, Writer
from .sanitise import plain_text
from .tokens import TOKEN, UNSUBSCRIBE_URL, origin_of
from .values import Values, line_of, part_of, standing

TOKEN_LIQUID = "{{custom_attribute.${smartersends_token}}}"
"""The contact's random unsubscribe token, the only personal value that ever stands in a link."""

_UNSUBSCRIBE_START = "unsubscribe_url_start"
_SUFFIXES = {
    Spot.URL: "_url",
    Spot.URL_PART: "_part",
    Spot.PHONE: "_number",
    Spot.STYLE: "_style",
    Spot.COMMENT: "_comment",
    Spot.PLAIN: "_text",
}


def braze_source(compiled: Compiled, context: RenderContext) -> str:
    """Returns the HTML to paste into Braze: places are trigger properties, sections stand by one each.

    Of the context only the brand's own values and merge tags are used; what depends on a group travels. Liquid stands
    in the body alone (B-LIQ-4), so the HTML title is filled only with what the brand knows. Raises SourceRefused where
    two places would travel under one name.
    """
    _refuse_clashes(compiled)
    writer = Writer(compiled, {}, context, Target.BRAZE)
    return "".join(_source(compiled.pieces, writer))


def trigger_properties(compiled: Compiled, values: Values, context: RenderContext) -> dict[str, str]:
    """Returns a mailing's values as trigger properties, all of them texts.

    A field travels escaped for HTML under its name and plain as `name_text`, an image as `name_url` and `name_alt`, a
    button's address as `name_url`; `group.street` as `group_street`; a section that stands as `section_name`. Braze
    does not read Liquid in properties, so a merge tag in a value raises ValuesRefused.
    """
    _refuse_merge_tags(compiled, values)
    writer = Writer(compiled, values, context, Target.BRAZE)
    here = standing(compiled, values)
    properties = {f"section_{name}": "1" for name in sorted(here)}
    for place in (*compiled.subject, *compiled.preheader, *_places(compiled.pieces, here)):
        if isinstance(place, Place) and _travels(place):
            if place.name == UNSUBSCRIBE_URL:
                properties[_UNSUBSCRIBE_START] = _before_token(context.unsubscribe_url)
                continue
            properties[_property(place)] = writer.place(place)
            if place.origin is Origin.FIELD and place.part in {"", "text"}:
                properties[f"{place.name}_text"] = writer.place(replace(place, spot=Spot.PLAIN))
    return properties


def _source(pieces: tuple[Piece, ...], writer: Writer) -> Iterator[str]:
    for piece in pieces:
        if isinstance(piece, Literal):
            yield piece.text
        elif isinstance(piece, Section):
            yield f"{{% if api_trigger_properties.${{section_{piece.name}}} %}}"
            yield from _source(piece.pieces, writer)
            yield "{% endif %}"
        elif piece.name == UNSUBSCRIBE_URL:
            yield _reference(_UNSUBSCRIBE_START) + TOKEN_LIQUID
        elif not _travels(piece):
            yield writer.place(piece)
        elif piece.spot is not Spot.TITLE:
            yield _reference(_property(piece))


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


def _places(pieces: tuple[Piece, ...], here: frozenset[str]) -> Iterator[Place]:
    for piece in pieces:
        if isinstance(piece, Place):
            yield piece
        elif isinstance(piece, Section) and piece.name in here:
            yield from _places(piece.pieces, here)


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
        wanted = {_property(place)}
        if place.origin is Origin.FIELD and place.part in {"", "text"}:
            wanted.add(f"{place.name}_text")
        for name in wanted:
            first = names.setdefault(name, place)
            if (first.name, first.part) != (place.name, place.part):
                message = sentence("%(first)s and %(second)s would both travel to Braze as %(name)s. Rename one.")
                params = {"first": first.name, "second": place.name, "name": name}
                raise SourceRefused([Finding("property_clash", message, field=place.name, params=params)])


def _refuse_merge_tags(compiled: Compiled, values: Values) -> None:
    findings: list[Finding] = []
    for spec in compiled.fields:
        text = {
            FieldType.LINE: line_of(values, spec.name),
            FieldType.TEXT: plain_text(part_of(values, spec.name, "html")),
            FieldType.IMAGE: part_of(values, spec.name, "alt"),
            FieldType.BUTTON: part_of(values, spec.name, "text"),
        }[spec.type]
        for name in TOKEN.findall(text):
            if origin_of(name) is Origin.MERGE:
                message = sentence(
                    "%(label)s holds [[%(name)s]], which cannot be filled in: this email's text is kept in Braze."
                )
                params = {"label": spec.label, "name": name}
                findings.append(Finding("merge_tag_in_property", message, field=spec.name, params=params))
    if findings:
        raise ValuesRefused(findings)
