"""Cutting finished HTML into pieces: sentinels and tokens become places, everything between them stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import unescape

from .findings import Finding, sentence
from .pieces import Literal, Origin, Piece, Place, Section, Spot
from .source import Document, Element, Kind, Run, RunKind, read
from .tokens import TOKEN, UNSUBSCRIBE_URL, origin_of
from .types.base import BRACKETED, STRUCTURE_TAGS

URL_ATTRIBUTES = frozenset({"href", "src", "background", "cite", "poster", "action"})
_MARKED_SPOTS = frozenset({Spot.TEXT, Spot.RICH, Spot.SNIPPET, Spot.STYLE})
_CONTENT_SPOTS = frozenset({Spot.RICH, Spot.SNIPPET})


@dataclass(frozen=True, slots=True)
class Cut:
    """The pieces of a document; the findings' places are offsets into the HTML, kept in `column`, with `line` 0."""

    pieces: tuple[Piece, ...]
    findings: tuple[Finding, ...]
    missing: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    start: int
    end: int
    opens: str = ""
    closes: str = ""
    place: Place | None = None


def cut(html: str, sentinels: Mapping[str, Place], nonce: str, *, is_part: bool = False) -> Cut:
    """Cuts HTML whose places hold sentinels; `missing` are places that the HTML no longer holds.

    A part stands inside an element of a mail, so that words may stand outside of its own elements.
    """
    document = read(html, Kind.HTML)
    if document.is_cut_short:
        message = sentence("What this compiles to is nested too deeply to be read.")
        return Cut((), (Finding("unreadable", message),), ())
    events: list[_Event] = []
    findings: list[Finding] = []
    seen: set[Place] = set()
    marked: set[tuple[int, str]] = set()
    for match in _pattern(nonce).finditer(html):
        start, end = match.span()
        if match["section"]:
            events.append(_section_edge(match))
            if match["edge"] == "o" and (first := _first_tag_from(document, end)) is not None:
                mark = Place(match["name"], Origin.SECTION, Spot.MARK)
                events.append(_Event(_after_tag_name(first), _after_tag_name(first), place=mark))
            continue
        run = document.run_at(start)
        place = sentinels[match["sentinel"]] if match["sentinel"] else _token(match)
        if place is None:
            continue
        is_inside = is_part and run is not None and run.kind is RunKind.TEXT and run.element is None
        spot, problem = (Spot.TEXT, "") if is_inside else _spot(place, run, start, end)
        if problem:
            findings.append(Finding("token_not_here", problem, 0, start, params={"name": place.name}))
            continue
        seen.add(place)
        events.append(_Event(start, end, place=replace(place, spot=spot)))
        holder = None if run is None else run.element
        is_visible = spot in _MARKED_SPOTS or place.part == "url"
        if place.origin is Origin.FIELD and holder is not None and is_visible:
            key = (holder.start, place.name)
            if key not in marked:
                marked.add(key)
                at = _after_tag_name(holder)
                events.append(_Event(at, at, place=Place(place.name, Origin.FIELD, Spot.MARK)))
    missing = tuple(place for place in sentinels.values() if place not in seen)
    return Cut(_tree(html, events), tuple(findings), missing)


def line_pieces(source: str) -> tuple[Piece, ...]:
    """Cuts the text of a title or preheader, given as written in HTML, into plain pieces."""
    pieces: list[Piece] = []
    at = 0
    for match in TOKEN.finditer(source):
        place = _token(match)
        if place is None:
            continue
        pieces += (Literal(_one_line(source[at : match.start()])), replace(place, spot=Spot.PLAIN))
        at = match.end()
    pieces.append(Literal(_one_line(source[at:])))
    return tuple(piece for piece in pieces if piece != Literal(""))


def text_pieces(text: str, sentinels: Mapping[str, Place], nonce: str) -> tuple[Piece, ...]:
    """Cuts a plain text whose places hold sentinels; every place of it is plain.

    The address of a link stands there in brackets, which go where the value is none that a reader would type.
    """
    events: list[_Event] = []
    for match in _pattern(nonce).finditer(text):
        start, end = match.span()
        if match["section"]:
            events.append(_section_edge(match))
        else:
            place = sentinels[match["sentinel"]] if match["sentinel"] else _token(match)
            if place is None:
                continue
            if place.part == "url" and text[start - 2 : start] == " (" and text[end : end + 1] == ")":
                start, end, place = start - 2, end + 1, replace(place, part=BRACKETED)
            events.append(_Event(start, end, place=replace(place, spot=Spot.PLAIN)))
    return _tree(text, events)


def _pattern(nonce: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<section><!--zq{nonce}(?P<edge>[oc])-(?P<name>[a-z0-9_]+)-qz-->)"
        rf"|(?P<sentinel>zq{nonce}p[0-9]{{4}}qz)|(?P<token>{TOKEN.pattern})"
    )


def _one_line(source: str) -> str:
    return re.sub(r"\s+", " ", unescape(source))


def _token(match: re.Match[str]) -> Place | None:
    name = match.group().strip("[] \t\n")
    origin = origin_of(name)
    return None if origin is None else Place(name, origin, Spot.TEXT)


def _section_edge(match: re.Match[str]) -> _Event:
    if match["edge"] == "o":
        return _Event(match.start(), match.end(), opens=match["name"])
    return _Event(match.start(), match.end(), closes=match["name"])


def _after_tag_name(element: Element) -> int:
    return element.start + 1 + len(element.tag)


def _first_tag_from(document: Document, offset: int) -> Element | None:
    return next((element for element in document.elements if element.start >= offset), None)


def _spot(place: Place, run: Run | None, start: int, end: int) -> tuple[Spot, str]:
    """Returns the spot that a sentinel or token stands in, or why it cannot stand there."""
    if run is None:
        return place.spot, sentence("[[%(name)s]] stands where nothing can be filled in.")
    if run.kind is RunKind.COMMENT:
        is_safe = place.origin is Origin.PORTAL or place.spot is Spot.STYLE
        return Spot.COMMENT, "" if is_safe else sentence("[[%(name)s]] cannot stand in a comment.")
    if run.kind is RunKind.RAW:
        return _style_spot(place)
    element = run.element
    if run.kind is RunKind.TAG and element is not None:
        return _attribute_spot(place, element, start, end)
    if element is not None and element.tag == "title":
        return Spot.TITLE, ""
    if element is None or element.tag in STRUCTURE_TAGS - {"body"}:
        return Spot.TEXT, sentence("[[%(name)s]] cannot stand between the parts of a table or outside the body.")
    return (place.spot if place.spot in _CONTENT_SPOTS else Spot.TEXT), ""


def _style_spot(place: Place) -> tuple[Spot, str]:
    if (place.origin is Origin.PORTAL and place.name.startswith("brand.")) or place.spot is Spot.STYLE:
        return Spot.STYLE, ""
    return Spot.STYLE, sentence("[[%(name)s]] cannot stand in a style; only [[brand.…]] can.")


def _attribute_spot(place: Place, element: Element, start: int, end: int) -> tuple[Spot, str]:
    attribute = next((item for item in element.attributes if item.value_start <= start and end <= item.value_end), None)
    if attribute is None:
        return Spot.ATTRIBUTE, sentence("[[%(name)s]] stands inside a tag, but not in an attribute's value.")
    if attribute.quote != '"':
        return Spot.ATTRIBUTE, sentence("[[%(name)s]] needs double quotes around the attribute's value.")
    if attribute.name == "style" or place.spot is Spot.STYLE:
        return _style_spot(place)
    if attribute.name not in URL_ATTRIBUTES:
        is_scripted = attribute.name.startswith("on") or attribute.name in {"srcset", "srcdoc", "class", "id"}
        return Spot.ATTRIBUTE, sentence("[[%(name)s]] cannot stand in this attribute.") if is_scripted else ""
    if place.origin is Origin.MERGE:
        return Spot.URL, sentence("[[%(name)s]] cannot stand in an address: personal values never travel in links.")
    is_whole = (attribute.value_start, attribute.value_end) == (start, end)
    if not is_whole and (place.origin is Origin.FIELD or place.name == UNSUBSCRIBE_URL):
        return Spot.URL, sentence("[[%(name)s]] must be the whole address.")
    if not is_whole and attribute.value_start == start:
        return Spot.URL, sentence("[[%(name)s]] cannot begin an address that goes on after it.")
    if is_whole:
        return Spot.URL, ""
    return (Spot.PHONE if attribute.value.lower().startswith("tel:") else Spot.URL_PART), ""


def _tree(html: str, events: Iterable[_Event]) -> tuple[Piece, ...]:
    """Returns the pieces between the events; sections nest because they stood around whole elements."""
    levels: list[tuple[str, list[Piece]]] = [("", [])]
    at = 0
    for event in sorted(events, key=lambda event: (event.start, event.end)):
        text = html[at : event.start]
        if text:
            levels[-1][1].append(Literal(text))
        at = event.end
        if event.place is not None:
            levels[-1][1].append(event.place)
        elif event.opens:
            levels.append((event.opens, []))
        else:
            name, inner = levels.pop()
            levels[-1][1].append(Section(name, tuple(inner)))
    if html[at:]:
        levels[-1][1].append(Literal(html[at:]))
    return tuple(levels[0][1])
