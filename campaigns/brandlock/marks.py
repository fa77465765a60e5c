"""The marks of the template language: every attribute that a brand manager can write, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .findings import sentence

FIELD_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "data-field": sentence("The element is open to local authors under this name."),
        "data-type": sentence(
            "What kind of value it takes; without it an image, a button or a line, as the element is."
        ),
        "data-label": sentence("The words that authors read; without it the name."),
        "data-help": sentence("What belongs here, in a sentence or two."),
        "data-good": sentence("An example of a good value."),
        "data-bad": sentence("An example of a value to avoid."),
        "data-default": sentence("The value that a new mailing begins with; without it what stands in the element."),
        "data-required": sentence("It may not stay empty."),
        "data-must-change": sentence("It may not stay as the template has it."),
        "data-min": sentence("The fewest characters; of a number, price, date or time the lowest."),
        "data-max": sentence("The most characters; of a number, price, date or time the highest."),
        "data-pattern": sentence("A regular expression that the whole value fits."),
        "data-options": sentence("The approved values, set apart by `|`, each as `value` or `value=words`."),
        "data-attribute": sentence("The attribute or style that the value fills, instead of the content."),
        "data-formats": sentence("The formats of rich text: `bold italic link list paragraph`."),
        "data-decimals": sentence("How many digits may follow the point."),
        "data-currency": sentence("The currency of a price as three letters; without it the group's."),
        "data-format": sentence("How a date is written: `full`, `long`, `medium` or `short`."),
        "data-folders": sentence("The image folders to choose from."),
        "data-upload": sentence("With `false` nobody uploads here; only images that are there can be chosen."),
        "data-ratio": sentence("The shape of a picture, as `16:9`."),
        "data-size": sentence("The exact size of a picture in pixels, as `1200x600`."),
        "data-min-size": sentence("The smallest size of a picture in pixels."),
        "data-max-size": sentence("The largest size of a picture in pixels."),
        "data-domains": sentence("The sites that links may lead to, with everything below them."),
        "data-link-style": sentence("The style of an author's links."),
        "data-paragraph-style": sentence("The style of an author's paragraphs."),
        "data-list-style": sentence("The style of an author's lists."),
        "data-pinned": sentence("The shared part stays as it is when the template is published."),
    }
)
SECTION_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "data-section": sentence("The element is a section of this name."),
        "data-section-label": sentence("The words that authors read; without them the name."),
        "data-section-help": sentence("What the section is for."),
        "data-optional": sentence("The author may leave it out."),
        "data-if": sentence("The rule by which it stands."),
        "data-repeat": sentence("The element is a section of this name that may stand several times."),
        "data-min": sentence("The fewest times that it stands (default 1)."),
        "data-max": sentence("The most times that it stands (default 10, at most 50)."),
        "data-choose": sentence("The sections of one choice; exactly one of them stands."),
        "data-lock": sentence("What is fixed: `content`, `structure` or `none`."),
        "data-reason": sentence("Why it is locked, for authors to read."),
    }
)
ALL_MARKS = frozenset(FIELD_MARKS) | frozenset(SECTION_MARKS)
COMMON_MARKS = frozenset(
    {"data-field", "data-type", "data-label", "data-help", "data-good", "data-bad", "data-default", "data-required"}
    | {"data-must-change"}
)
"""The marks that a field of any type takes; those of one type stand in `ValueType.marks`."""
