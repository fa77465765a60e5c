"""What a field is and what a section is: type, guidance, and the rules that the brand set for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, TypeVar

from .pieces import Json


class FieldType(StrEnum):
    """The kinds of value that a place can hold; `campaigns.brandlock.types` has a room for each."""

    LINE = "line"
    TEXT = "text"
    IMAGE = "image"
    BUTTON = "button"
    CHOICE = "choice"
    DATE = "date"
    TIME = "time"
    NUMBER = "number"
    PRICE = "price"
    PHONE = "phone"
    COLOR = "color"
    SNIPPET = "snippet"


class Format(StrEnum):
    """What rich text may contain beside plain words."""

    BOLD = "bold"
    ITALIC = "italic"
    LINK = "link"
    LIST = "list"
    PARAGRAPH = "paragraph"


class Lock(StrEnum):
    """What of a section is fixed (`data-lock`); OPEN is a section without the mark, which stays in its place."""

    OPEN = ""
    CONTENT = "content"
    STRUCTURE = "structure"
    NONE = "none"


S = TypeVar("S", "FieldSpec", "SectionSpec")
BLOCK_FORMATS = frozenset({Format.LIST, Format.PARAGRAPH})


@dataclass(frozen=True, slots=True)
class RichStyles:
    """The inline styles that the brand gives to an author's links, paragraphs and lists."""

    link: str = "color:inherit;text-decoration:underline"
    paragraph: str = "margin:0 0 16px"
    list: str = "margin:0 0 16px;padding:0 0 0 24px"


@dataclass(frozen=True, slots=True)
class Option:
    """One approved value of a choice, a colour or a snippet, and the words that the author chooses it by."""

    value: str
    label: str


MOST_CHARACTERS = 20_000
"""How long a text may be whose field names no limit of its own: longer than any mail, short enough to be searched."""

_CHOSEN = frozenset({FieldType.CHOICE, FieldType.COLOR, FieldType.SNIPPET})


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a template, as its author declared it.

    `default` has the shape of the field's value. `minimum` and `maximum` count characters of visible text. `lowest` and
    `highest` bound numbers, prices (in plain digits), dates and times (ISO 8601), or are empty. `options` are the
    approved values; a colour without any takes the brand's palette. `size`, `min_size`, `max_size` are pixels as
    `1200x600`, `ratio` is `16:9`. `domains` are where a button or link may lead; where they are empty the brand's own
    hold. `attribute` names the attribute or style that the value fills instead of the element's content. `section` is
    the innermost section that holds the field and `repeat` the repeated one, or None. A locked field stands at its
    default; a pinned snippet stands as it was when the template was published.
    """

    name: str
    type: FieldType
    label: str
    help: str = ""
    good: str = ""
    bad: str = ""
    default: Json = ""
    required: bool = False
    must_change: bool = False
    minimum: int | None = None
    maximum: int | None = None
    lowest: str = ""
    highest: str = ""
    decimals: int | None = None
    currency: str = ""
    style: str = ""
    pattern: str = ""
    options: tuple[Option, ...] = ()
    formats: tuple[Format, ...] = ()
    folders: tuple[str, ...] = ()
    takes_uploads: bool = True
    ratio: str = ""
    size: str = ""
    min_size: str = ""
    max_size: str = ""
    domains: tuple[str, ...] = ()
    attribute: str = ""
    section: str | None = None
    repeat: str | None = None
    is_locked: bool = False
    is_pinned: bool = False
    styles: RichStyles = RichStyles()

    @property
    def is_settled(self) -> bool:
        """Tells whether there is nothing to choose: of approved values there is one."""
        return self.type in _CHOSEN and len(self.options) == 1

    def as_json(self) -> dict[str, Json]:
        """Returns the field as JSON; what is at its default is left out."""
        return _stored(self, _PLAIN_FIELD)

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> FieldSpec:
        """Returns the field that `as_json` stored; raises ValueError for anything else."""
        return _read(_PLAIN_FIELD, stored)


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section: who decides whether, where and how often it stands.

    `condition` is a rule (`campaigns.brandlock.conditions`), empty for none. `choice` is the name of the choice that
    the section is a variant of. A repeated section stands `minimum` to `maximum` times, once for each item. `repeat` is
    the repeated section that holds this one, or None; `reason` says to authors why something is locked. Sections of one
    `row` have the same parent element.
    """

    name: str
    label: str
    help: str = ""
    optional: bool = False
    condition: str = ""
    parent: str | None = None
    choice: str = ""
    is_repeated: bool = False
    minimum: int = 1
    maximum: int = 1
    lock: Lock = Lock.OPEN
    reason: str = ""
    row: int = 0
    repeat: str | None = None

    @property
    def is_movable(self) -> bool:
        """Tells whether the author may put the section into another place among its neighbours."""
        return self.lock in {Lock.CONTENT, Lock.NONE}

    def as_json(self) -> dict[str, Json]:
        """Returns the section as JSON; what is at its default is left out."""
        return _stored(self, _PLAIN_SECTION)

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> SectionSpec:
        """Returns the section that `as_json` stored; raises ValueError for anything else."""
        return _read(_PLAIN_SECTION, stored)


_PLAIN_FIELD = FieldSpec("", FieldType.LINE, "")
_PLAIN_SECTION = SectionSpec("", "")


def _stored(spec: FieldSpec | SectionSpec, plain: FieldSpec | SectionSpec) -> dict[str, Json]:
    stored: dict[str, Json] = {}
    for attribute in fields(spec):
        value = getattr(spec, attribute.name)
        if attribute.name in {"name", "type", "label", "default"} or value != getattr(plain, attribute.name):
            stored[attribute.name] = _as_json(value)
    return stored


def _as_json(value: Any) -> Json:
    """Returns one attribute's value as JSON; the values of a spec are JSON but for tuples and two small classes."""
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    if isinstance(value, Option):
        return [value.value, value.label]
    if isinstance(value, RichStyles):
        return {"link": value.link, "paragraph": value.paragraph, "list": value.list}
    return value.value if isinstance(value, StrEnum) else value


def _read(plain: S, stored: Mapping[str, Json]) -> S:
    known = {attribute.name for attribute in fields(plain)}
    if not {"name", "label"} <= stored.keys() <= known:
        raise ValueError("This is no stored field or section.")
    return replace(plain, **{name: _value(name, value) for name, value in stored.items()})


def _value(name: str, value: Any) -> Any:
    match name:
        case "type":
            return FieldType(value)
        case "lock":
            return Lock(value)
        case "formats":
            return tuple(Format(item) for item in value)
        case "options":
            return tuple(Option(*item) for item in value)
        case "styles":
            return RichStyles(**value)
        case "folders" | "domains":
            return tuple(value)
    return value
