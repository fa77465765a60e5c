"""What a field is: its type, its guidance, and the rules that the brand set for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .pieces import Json


class FieldType(StrEnum):
    """The kinds of value that a place can hold."""

    LINE = "line"
    TEXT = "text"
    IMAGE = "image"
    BUTTON = "button"


class Format(StrEnum):
    """What rich text may contain beside plain words."""

    BOLD = "bold"
    ITALIC = "italic"
    LINK = "link"
    LIST = "list"
    PARAGRAPH = "paragraph"


BLOCK_FORMATS = frozenset({Format.LIST, Format.PARAGRAPH})


@dataclass(frozen=True, slots=True)
class RichStyles:
    """The inline styles that the brand gives to an author's links, paragraphs and lists."""

    link: str = "color:inherit;text-decoration:underline"
    paragraph: str = "margin:0 0 16px"
    list: str = "margin:0 0 16px;padding:0 0 0 24px"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a template, as its author declared it.

    `default` has the shape of the field's value. `minimum` and `maximum` count characters of visible text; for an image
    they are unused. `domains` are where a button or link may lead; where they are empty the brand's own hold. `section`
    is the innermost section that holds the field, or None.
    """

    name: str
    type: FieldType
    label: str
    help: str = ""
    default: Json = ""
    required: bool = False
    must_change: bool = False
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    formats: tuple[Format, ...] = ()
    folders: tuple[str, ...] = ()
    ratio: str = ""
    domains: tuple[str, ...] = ()
    section: str | None = None
    styles: RichStyles = RichStyles()

    def as_json(self) -> dict[str, Json]:
        """Returns the field as JSON; what is at its default is left out."""
        stored: dict[str, Json] = {
            "name": self.name,
            "type": self.type.value,
            "label": self.label,
            "help": self.help,
            "default": self.default,
            "required": self.required,
            "must_change": self.must_change,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "pattern": self.pattern,
            "formats": [item.value for item in self.formats],
            "folders": list(self.folders),
            "ratio": self.ratio,
            "domains": list(self.domains),
            "section": self.section,
        }
        if self.type is FieldType.TEXT:
            stored["styles"] = {
                "link": self.styles.link,
                "paragraph": self.styles.paragraph,
                "list": self.styles.list,
            }
        return {name: value for name, value in stored.items() if value not in (None, False, "", [])}

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> FieldSpec:
        """Returns the field that `as_json` stored."""
        styles = stored.get("styles")
        return cls(
            name=str(stored["name"]),
            type=FieldType(str(stored["type"])),
            label=str(stored["label"]),
            help=str(stored.get("help", "")),
            default=stored.get("default", ""),
            required=bool(stored.get("required")),
            must_change=bool(stored.get("must_change")),
            minimum=_number(stored.get("minimum")),
            maximum=_number(stored.get("maximum")),
            pattern=str(stored.get("pattern", "")),
            formats=tuple(Format(item) for item in _words(stored.get("formats"))),
            folders=_words(stored.get("folders")),
            ratio=str(stored.get("ratio", "")),
            domains=_words(stored.get("domains")),
            section=str(stored["section"]) if "section" in stored else None,
            styles=RichStyles(**{name: str(value) for name, value in styles.items()})
            if isinstance(styles, dict)
            else RichStyles(),
        )


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """One section: whether the author may leave it out, and the field without which it does not stand."""

    name: str
    label: str
    optional: bool = False
    condition: str = ""
    parent: str | None = None

    def as_json(self) -> dict[str, Json]:
        """Returns the section as JSON."""
        return {
            "name": self.name,
            "label": self.label,
            "optional": self.optional,
            "condition": self.condition,
            "parent": self.parent,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> SectionSpec:
        """Returns the section that `as_json` stored."""
        parent = stored.get("parent")
        return cls(
            name=str(stored["name"]),
            label=str(stored["label"]),
            optional=bool(stored["optional"]),
            condition=str(stored["condition"]),
            parent=None if parent is None else str(parent),
        )


def _number(value: Json) -> int | None:
    return value if isinstance(value, int) else None


def _words(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
