"""Values of fields: their defaults, their shape, and what the field's rules say about them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape

from .compile import Compiled
from .context import RenderContext
from .fields import FieldSpec, FieldType, SectionSpec
from .findings import Finding, ValuesRefused, sentence
from .link_rules import Link, check_links, links_in
from .pieces import Json, Literal, Origin, Piece, Place, Section
from .sanitise import clean_text, plain_text, sanitise
from .tokens import ANY_TOKEN, TOKEN, origin_of

Values = Mapping[str, Json]

_SPACES = re.compile(r"\s+")
_PARTS: dict[FieldType, tuple[str, ...]] = {
    FieldType.TEXT: ("html",),
    FieldType.IMAGE: ("image", "alt"),
    FieldType.BUTTON: ("text", "url"),
}
_EMPTY_MESSAGES = {
    "group": sentence("%(name)s has no value. It is shown in this email; fill it in the settings of the group."),
    "sender": sentence("The sender's %(name)s has no value. It is shown in this email; fill it in for the group."),
    "brand": sentence("%(name)s has no value. It is shown in this email; fill it in the settings of the brand."),
}
_PLACEHOLDER_WORDS = re.compile(r"\blorem ipsum\b", re.IGNORECASE)


def line_of(values: Values, name: str) -> str:
    """Returns the text of a line, in one line; empty where the value has another shape."""
    value = values.get(name)
    return _SPACES.sub(" ", clean_text(value)).strip() if isinstance(value, str) else ""


def part_of(values: Values, name: str, part: str) -> str:
    """Returns one part (`html`, `image`, `alt`, `text`, `url`) of a compound value; empty where there is none."""
    value = values.get(name)
    found = value.get(part) if isinstance(value, Mapping) else None
    if not isinstance(found, str):
        return ""
    return clean_text(found) if part == "html" else _SPACES.sub(" ", clean_text(found)).strip()


def is_filled(spec: FieldSpec, values: Values) -> bool:
    """Tells whether a field holds something: words, an image, or a button with words and address."""
    match spec.type:
        case FieldType.LINE:
            return bool(line_of(values, spec.name))
        case FieldType.TEXT:
            return bool(_words_of(spec, values))
        case FieldType.IMAGE:
            return bool(part_of(values, spec.name, "image"))
        case FieldType.BUTTON:
            return bool(part_of(values, spec.name, "text") and part_of(values, spec.name, "url"))


def stands(compiled: Compiled, section: SectionSpec, values: Values) -> bool:
    """Tells whether a section stands: its author keeps it, its rule's field is filled, and its own section stands."""
    chosen = values.get("sections")
    if section.optional and isinstance(chosen, Mapping) and chosen.get(section.name) is False:
        return False
    if section.condition:
        spec = compiled.field(section.condition)
        if spec is None or not is_filled(spec, values):
            return False
    above = None if section.parent is None else compiled.section(section.parent)
    return above is None or stands(compiled, above, values)


def standing(compiled: Compiled, values: Values) -> frozenset[str]:
    """Returns the names of the sections that stand."""
    return frozenset(section.name for section in compiled.sections if stands(compiled, section, values))


def default_values(compiled: Compiled) -> dict[str, Json]:
    """Returns the values that a new mailing begins with; every optional section stands."""
    values: dict[str, Json] = {spec.name: spec.default for spec in compiled.fields}
    values["sections"] = {section.name: True for section in compiled.sections if section.optional}
    return values


def clean_values(compiled: Compiled, raw: Values) -> dict[str, Json]:
    """Returns values in the template's shape: every field is there, what `raw` leaves out takes its default.

    Lines lose line breaks and control characters; rich text is sanitised to the field's formats; no other value is
    read as HTML. Raises ValuesRefused for an unknown name or a value of another type, each as a finding.
    """
    findings: list[Finding] = []
    values = default_values(compiled)
    for name, value in raw.items():
        spec = compiled.field(name)
        if spec is not None:
            values[name] = _clean(spec, value, findings)
        elif name == "sections":
            values["sections"] = {**_mapping(values["sections"]), **_clean_sections(compiled, value, findings)}
        else:
            findings.append(_unknown(name))
    if findings:
        raise ValuesRefused(findings)
    return values


def check_values(compiled: Compiled, values: Values, context: RenderContext) -> tuple[Finding, ...]:
    """Returns everything that keeps the values from being sent, in the order of the email.

    Fields of a section that does not stand are not asked for. Group fields that the template or a value uses and that
    have no value are named (`group_field_empty`).
    """
    here = standing(compiled, values)
    findings = [
        finding
        for spec in compiled.fields
        if spec.section is None or spec.section in here
        for finding in _check(spec, values, context)
    ]
    names = dict.fromkeys(
        place.name
        for pieces in (compiled.subject, compiled.preheader, compiled.pieces)
        for place in _places_standing(pieces, here)
    )
    for name in names:
        findings += _check_token(name, "", context)
    return tuple(findings)


def _clean(spec: FieldSpec, value: Json, findings: list[Finding]) -> Json:
    if spec.type is FieldType.LINE:
        if isinstance(value, str):
            return line_of({spec.name: value}, spec.name)
        findings.append(_wrong_type(spec.name, "a text"))
        return ""
    parts = _PARTS[spec.type]
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        findings.append(_wrong_type(spec.name, "an object with " + " and ".join(parts)))
        return {}
    findings += [_unknown(f"{spec.name}.{part}") for part in value if part not in parts]
    cleaned: dict[str, Json] = {part: part_of({spec.name: value}, spec.name, part) for part in parts}
    if spec.type is FieldType.TEXT:
        cleaned["html"] = sanitise(str(cleaned["html"]), spec.formats)
    return cleaned


def _clean_sections(compiled: Compiled, value: Json, findings: list[Finding]) -> dict[str, Json]:
    if not isinstance(value, dict):
        findings.append(_wrong_type("sections", "an object of true and false"))
        return {}
    cleaned: dict[str, Json] = {}
    for name, choice in value.items():
        section = compiled.section(name)
        if section is None or not section.optional:
            findings.append(_unknown(f"sections.{name}"))
        elif not isinstance(choice, bool):
            findings.append(_wrong_type(f"sections.{name}", "true or false"))
        else:
            cleaned[name] = choice
    return cleaned


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _unknown(name: str) -> Finding:
    return Finding("unknown_value", "The template has no %(name)s.", field=name, params={"name": name})


def _wrong_type(name: str, wanted: str) -> Finding:
    return Finding("wrong_type", "%(name)s is %(wanted)s.", field=name, params={"name": name, "wanted": wanted})


def _places_standing(pieces: tuple[Piece, ...], here: frozenset[str]) -> Iterator[Place]:
    for piece in pieces:
        if isinstance(piece, Section):
            if piece.name in here:
                yield from _places_standing(piece.pieces, here)
        elif not isinstance(piece, Literal) and piece.origin in {Origin.PORTAL, Origin.MERGE}:
            yield piece


def _words_of(spec: FieldSpec, values: Values) -> str:
    """Returns what a reader sees of a field's text."""
    match spec.type:
        case FieldType.LINE:
            return line_of(values, spec.name)
        case FieldType.TEXT:
            html = sanitise(part_of(values, spec.name, "html"), spec.formats)
            return _SPACES.sub(" ", unescape(plain_text(html))).strip()
        case FieldType.IMAGE:
            return part_of(values, spec.name, "alt")
        case FieldType.BUTTON:
            return part_of(values, spec.name, "text")


def _check(spec: FieldSpec, values: Values, context: RenderContext) -> Iterator[Finding]:
    def found(code: str, message: str, **params: str) -> Finding:
        return Finding(code, message, field=spec.name, params={"label": spec.label, **params})

    words = _words_of(spec, values)
    if not is_filled(spec, values):
        is_half_done = spec.type is FieldType.BUTTON and bool(words or part_of(values, spec.name, "url"))
        if spec.required or is_half_done or spec.name == "subject":
            yield found("required", "%(label)s is empty. Fill it in.")
        if not is_half_done:
            return
    if spec.must_change and values.get(spec.name) == spec.default:
        yield found("must_change", "%(label)s still has the template's text. Write your own.")
    if spec.maximum is not None and len(words) > spec.maximum:
        yield found(
            "too_long",
            "%(label)s has %(count)s characters; %(maximum)s are allowed.",
            count=str(len(words)),
            maximum=str(spec.maximum),
        )
    if spec.minimum is not None and len(words) < spec.minimum:
        yield found(
            "too_short",
            "%(label)s has %(count)s characters; it needs %(minimum)s.",
            count=str(len(words)),
            minimum=str(spec.minimum),
        )
    if spec.pattern and spec.type is FieldType.LINE and re.fullmatch(spec.pattern, words) is None:
        yield found("pattern", "%(label)s does not have the form that is asked for. %(help)s", help=spec.help)
    if _PLACEHOLDER_WORDS.search(words):
        yield found("placeholder_left", "%(label)s still holds a placeholder: %(text)s.", text="lorem ipsum")
    yield from _check_tokens(spec, words, context)
    if spec.type is FieldType.IMAGE:
        if part_of(values, spec.name, "image") not in context.images:
            yield found("unknown_image", "The image of %(label)s does not exist any more. Choose another.")
        if not words:
            yield found("alt_missing", "%(label)s has no alternative text. Say what the image shows.")
    yield from check_links(spec, _links_of(spec, values), context)


def _links_of(spec: FieldSpec, values: Values) -> tuple[Link, ...]:
    match spec.type:
        case FieldType.TEXT:
            return links_in(sanitise(part_of(values, spec.name, "html"), spec.formats))
        case FieldType.BUTTON:
            return (Link(part_of(values, spec.name, "url"), part_of(values, spec.name, "text")),)
        case FieldType.LINE | FieldType.IMAGE:
            return ()


def _check_tokens(spec: FieldSpec, words: str, context: RenderContext) -> Iterator[Finding]:
    for match in ANY_TOKEN.finditer(words):
        whole = TOKEN.fullmatch(match.group())
        name = whole.group(1) if whole else ""
        if not name or not context.fills(name):
            yield Finding(
                "placeholder_left",
                "%(label)s still holds a placeholder: %(text)s.",
                field=spec.name,
                params={"label": spec.label, "text": match.group()},
            )
        else:
            yield from _check_token(name, spec.name, context)


def _check_token(name: str, field: str, context: RenderContext) -> Iterator[Finding]:
    room, _, rest = name.partition(".")
    if origin_of(name) is Origin.MERGE:
        if name not in context.merge_tags:
            message = sentence("The brand has no merge tag %(name)s. A brand manager can add it.")
            yield Finding("merge_tag_unknown", message, field=field, params={"name": name})
    elif not context.portal_value(name):
        code = "group_field_empty" if room == "group" else "value_empty"
        message = _EMPTY_MESSAGES.get(room if rest else "brand", _EMPTY_MESSAGES["brand"])
        yield Finding(code, message, field=field, params={"name": rest or name})
