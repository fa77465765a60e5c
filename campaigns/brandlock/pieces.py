"""The tree that a template is cut into: literal text, places, sections; kept as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Spot(StrEnum):
    """Where in the document a place stands, which decides what is safe there."""

    TEXT = "text"
    RICH = "rich"
    TITLE = "title"
    ATTRIBUTE = "attribute"
    URL = "url"
    URL_PART = "url_part"
    PHONE = "phone"
    STYLE = "style"
    COMMENT = "comment"
    PLAIN = "plain"
    SNIPPET = "snippet"
    MARK = "mark"


class Origin(StrEnum):
    """Who fills a place: the author's field, the portal, or Braze for each person; a section only carries a mark."""

    FIELD = "field"
    PORTAL = "portal"
    MERGE = "merge"
    SECTION = "section"


@dataclass(frozen=True, slots=True)
class Literal:
    """Text exactly as the brand approved it."""

    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A spot that is filled at render; `part` is empty, or `text`, `url`, `alt` of a compound value.

    A place in `Spot.MARK` stands inside a start tag and is empty in everything that is sent; in the preview it names
    the field or section there.
    """

    name: str
    origin: Origin
    spot: Spot
    part: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Pieces that stand together: not at all, once, or once for each item (`fields.SectionSpec` says which)."""

    name: str
    pieces: tuple[Piece, ...]


Piece = Literal | Place | Section
Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


def literals(pieces: Sequence[Piece]) -> Iterator[str]:
    """Yields every literal, those of all sections included, in order."""
    for piece in pieces:
        if isinstance(piece, Literal):
            yield piece.text
        elif isinstance(piece, Section):
            yield from literals(piece.pieces)


def places(pieces: Sequence[Piece]) -> Iterator[Place]:
    """Yields every place, those of all sections included, in order."""
    for piece in pieces:
        if isinstance(piece, Place):
            yield piece
        elif isinstance(piece, Section):
            yield from places(piece.pieces)


def to_json(pieces: Sequence[Piece]) -> list[Json]:
    """Returns the tree as JSON: a literal is a string, a place or a section an object."""
    stored: list[Json] = []
    for piece in pieces:
        match piece:
            case Literal(text):
                stored.append(text)
            case Place(name, origin, spot, part):
                stored.append({"place": name, "origin": origin.value, "spot": spot.value, "part": part})
            case Section(name, inner):
                stored.append({"section": name, "pieces": to_json(inner)})
    return stored


def from_json(stored: Json) -> tuple[Piece, ...]:
    """Returns the tree that `to_json` stored; raises ValueError for anything else."""
    if not isinstance(stored, list):
        raise ValueError("Stored pieces are a list.")
    pieces: list[Piece] = []
    for item in stored:
        match item:
            case str():
                pieces.append(Literal(item))
            case {"place": str(name), "origin": str(origin), "spot": str(spot), "part": str(part)}:
                pieces.append(Place(name, Origin(origin), Spot(spot), part))
            case {"section": str(name), "pieces": list(inner)}:
                pieces.append(Section(name, from_json(inner)))
            case _:
                raise ValueError("A stored piece is a text, a place or a section.")
    return tuple(pieces)
