"""What every type of field can do; a type overrides what is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaigns.brandlock.fields import FieldSpec, FieldType, Format
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.patterns import WINDOW_CHARACTERS
from campaigns.brandlock.pieces import Json, Spot
from campaigns.brandlock.sanitise import clean_text
from campaigns.brandlock.source import VOID_TAGS, Element

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext
    from campaigns.brandlock.link_rules import Link

STRUCTURE_TAGS = frozenset(
    {
        "html",
        "head",
        "body",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "colgroup",
        "ul",
        "ol",
        "dl",
        "style",
        "script",
        "noscript",
        "select",
        "textarea",
        "pre",
        "svg",
        "math",
        "template",
    }
)
BRACKETED = "bracketed"
"""The part of a place in plain text that shows an address behind its words, with the brackets around it."""

_MJML_LINE_TAGS = frozenset({"mj-text", "mj-button", "mj-title", "mj-preview"})
_SPACES = re.compile(r"\s+")
_UNEVEN = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]|  ")


class WrongShape(Exception):
    """A value that is not of the type's shape; the message says what is wanted, as `a text`."""


@dataclass(frozen=True, slots=True)
class Filling:
    """One spot of an element that a field fills: its content where `attribute` is empty, else that attribute."""

    spot: Spot
    part: str = ""
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in a source where a field is marked: `html` is the element's content, `words` its plain words."""

    element: Element
    default: str
    html: str
    words: str
    formats: tuple[Format, ...] = ()


def one_line(value: Json) -> str:
    """Returns a text in one line, without control characters; empty for anything that is no text."""
    if not isinstance(value, str):
        return ""
    if _UNEVEN.search(value) is None:
        return value.strip()
    return _SPACES.sub(" ", clean_text(value)).strip()


def bracketed(address: str, words: str) -> str:
    """Returns an address as plain text shows it behind a link's words; nothing where they say it, or to call or write.

    What `plaintext.to_text` does for the links of the template itself.
    """
    is_said = not address or words.endswith(address) or address.startswith(("tel:", "mailto:"))
    return "" if is_said else f" ({address})"


def part_of(value: Json, part: str) -> str:
    """Returns one part of a compound value, in one line; empty where there is none."""
    return one_line(value.get(part)) if isinstance(value, Mapping) else ""


class ValueType:
    """A type whose value is one line of text; the base of all others.

    `parts` are the keys of a compound value, empty where the value is a text. `marks` are the marks that only some
    types take. `takes_tokens` says whether `[[name]]` in the value is filled in.
    """

    type = FieldType.LINE
    parts: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset({"data-min", "data-max", "data-pattern"})
    takes_tokens = True
    wanted = sentence("a text")
    meaning = "One line of words."

    def fits(self, element: Element) -> bool:
        """Tells whether an element can be a field of this type."""
        tag = element.tag
        if tag in VOID_TAGS or tag in STRUCTURE_TAGS:
            return False
        return tag in _MJML_LINE_TAGS or not (tag.startswith("mj-") or tag == "mjml")

    def fillings(self, element: Element, attribute: str) -> tuple[Filling, ...]:
        """Returns the spots of an element that a field fills; `attribute` is what `data-attribute` names, or empty."""
        return (Filling(Spot.TEXT),)

    def written(self, found: Written) -> Json:
        """Returns the default that a source gives to the field."""
        return one_line(found.default or found.words)

    def read(self, spec: FieldSpec, value: Json) -> Json:
        """Returns a value in the shape that is kept; raises WrongShape."""
        if not isinstance(value, str):
            raise WrongShape(self.wanted)
        return one_line(value)

    def canonical(self, text: str) -> str:
        """Returns a text of the type's own form, as a bound or a default, as it is kept and compared."""
        return text

    def is_filled(self, spec: FieldSpec, value: Json) -> bool:
        """Tells whether a value holds something."""
        return bool(self.words(spec, value))

    def is_half_done(self, spec: FieldSpec, value: Json) -> bool:
        """Tells whether a value holds something and lacks what belongs to it."""
        return False

    def words(self, spec: FieldSpec, value: Json) -> str:
        """Returns what a reader sees of a value, tokens as they were written."""
        return one_line(value)

    def counted(self, spec: FieldSpec, value: Json) -> int:
        """Returns the number of characters that `data-min` and `data-max` speak of."""
        return len(self.words(spec, value))

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        """Returns the text or the address that one of the field's places shows, not yet made safe for its spot."""
        return one_line(value)

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        """Yields what the type itself finds wrong in a value that is filled."""
        words = self.words(spec, value)
        is_long = len(words) > WINDOW_CHARACTERS
        if spec.pattern and (is_long or re.fullmatch(spec.pattern, words) is None):
            yield found_in(
                spec, "pattern", "%(label)s does not have the form that is asked for. %(help)s", help=spec.help
            )

    def links(self, spec: FieldSpec, value: Json) -> tuple[Link, ...]:
        """Returns the links that a value holds."""
        return ()

    def longest(self, spec: FieldSpec) -> Json:
        """Returns the longest value that the field's rules allow, for the worst case in the preview."""
        return words_of_length(spec.maximum or LONG_LINE_CHARACTERS)


LONG_LINE_CHARACTERS = 120
_LONG_WORDS = (
    "Donaudampfschifffahrtsgesellschaft with a considerably longer sentence than anybody had in mind when this part of "
    "the email was drawn, "
)


def words_of_length(characters: int) -> str:
    """Returns words of exactly that many characters, one of them very long."""
    return (_LONG_WORDS * (characters // len(_LONG_WORDS) + 1))[:characters].strip().ljust(characters, "x")


def found_in(spec: FieldSpec, code: str, message: str, *, blocks: bool = True, **params: str) -> Finding:
    """Returns a finding at a field, its label among the parameters."""
    return Finding(code, message, field=spec.name, params={"label": spec.label, **params}, blocks=blocks)
