"""What a render needs besides template and values: the brand, the group, the images, the merge tags, the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from braze_client.liquid import STANDARD_ATTRIBUTES, LiquidRefused, merge_tag

from .pieces import Json, Origin, Piece, from_json, to_json
from .tokens import UNSUBSCRIBE_URL, origin_of


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ImageRef:
    """An image that may be used: its address, its size in pixels and bytes, and the folder that it lies in."""

    url: str
    width: int
    height: int
    folder: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Snippet:
    """An approved part that many templates share: its words for authors, and its pieces in HTML and in plain text."""

    name: str
    label: str
    pieces: tuple[Piece, ...]
    text: tuple[Piece, ...]

    def as_json(self) -> dict[str, Json]:
        """Returns the snippet as JSON."""
        return {"name": self.name, "label": self.label, "pieces": to_json(self.pieces), "text": to_json(self.text)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> Snippet:
        """Returns the snippet that `as_json` stored."""
        return cls(str(stored["name"]), str(stored["label"]), from_json(stored["pieces"]), from_json(stored["text"]))


@dataclass(frozen=True, slots=True)
class MergeTag:
    """A personal value that Braze fills in; `sample` stands in previews, `fallback` where a person has no value.

    `custom` says that `attribute` is a custom attribute of Braze and not one of its standard ones. Raises LiquidRefused
    where attribute or fallback cannot stand in a merge tag (B-LIQ-2).
    """

    name: str
    label: str
    attribute: str
    custom: bool
    fallback: str
    sample: str

    def __post_init__(self) -> None:
        merge_tag(self.attribute, self.fallback)
        if self.custom is (self.attribute in STANDARD_ATTRIBUTES):
            kind = "a standard" if self.custom else "a custom"
            raise LiquidRefused(f"{self.attribute} is the name of {kind} attribute in Braze.")

    def liquid(self, *, html: bool) -> str:
        """Returns the tag as Braze reads it; in HTML the value is escaped (B-LIQ-3)."""
        return merge_tag(self.attribute, self.fallback, html=html)


_ROOMS = frozenset({"brand", "group", "sender", "mailing", "audience"})


@dataclass(frozen=True, slots=True)
class RenderContext:
    """Everything outside the values that a render uses; the same context and values give the same mail.

    `brand`, `group`, `sender`, `mailing` and `audience` hold texts by name; `sender` also what is said of the person in
    whose name the mail goes. `language` is the group's (BCP 47, as `de-AT`), `currency` its currency (ISO 4217) or
    empty, `day` the day that the mail goes, in the group's zone (ISO 8601) or empty. `unsubscribe_url` is the brand's
    address and may hold one Liquid expression, for the contact's token. `images` are by the ids that values name,
    `merge_tags` and `snippets` by name, `palette` are the brand's colours as `#rrggbb` by their names. `link_domains`
    are the brand's, for fields that name none of their own; with neither, links may lead anywhere.
    """

    brand: Mapping[str, str] = field(default_factory=_nothing)
    group: Mapping[str, str] = field(default_factory=_nothing)
    sender: Mapping[str, str] = field(default_factory=_nothing)
    mailing: Mapping[str, str] = field(default_factory=_nothing)
    audience: Mapping[str, str] = field(default_factory=_nothing)
    language: str = "en"
    currency: str = ""
    day: str = ""
    unsubscribe_url: str = ""
    images: Mapping[str, ImageRef] = field(default_factory=lambda: MappingProxyType({}))
    merge_tags: Mapping[str, MergeTag] = field(default_factory=lambda: MappingProxyType({}))
    snippets: Mapping[str, Snippet] = field(default_factory=lambda: MappingProxyType({}))
    palette: Mapping[str, str] = field(default_factory=_nothing)
    link_domains: tuple[str, ...] = ()

    def portal_value(self, name: str) -> str:
        """Returns what the portal fills in for `[[name]]`; empty where there is nothing."""
        if name == UNSUBSCRIBE_URL:
            return self.unsubscribe_url
        room, _, rest = name.partition(".")
        values: Mapping[str, str] = getattr(self, room) if room in _ROOMS else {}
        return values.get(rest, "")

    def fills(self, name: str) -> bool:
        """Tells whether an author may write `[[name]]`: a merge tag of the brand, or something the portal knows."""
        if name == UNSUBSCRIBE_URL:
            return False
        return name in self.merge_tags if origin_of(name) is Origin.MERGE else origin_of(name) is Origin.PORTAL
