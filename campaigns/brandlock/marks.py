"""The marks of the template language: every attribute that a brand manager can write, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FIELD_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "data-field": "The element is open to local authors under this name.",
        "data-type": "What kind of value it takes; without it an image, a button or a line, as the element is.",
        "data-label": "The words that authors read; without it the name.",
        "data-help": "What belongs here, in a sentence or two.",
        "data-good": "An example of a good value.",
        "data-bad": "An example of a value to avoid.",
        "data-default": "The value that a new mailing begins with; without it what stands in the element.",
        "data-required": "It may not stay empty.",
        "data-must-change": "It may not stay as the template has it.",
        "data-min": "The fewest characters; of a number, price, date or time the lowest.",
        "data-max": "The most characters; of a number, price, date or time the highest.",
        "data-pattern": "A regular expression that the whole value fits.",
        "data-options": "The approved values, set apart by `|`, each as `value` or `value=words`.",
        "data-attribute": "The attribute or style that the value fills, instead of the content.",
        "data-formats": "The formats of rich text: `bold italic link list paragraph`.",
        "data-decimals": "How many digits may follow the point.",
        "data-currency": "The currency of a price as three letters; without it the group's.",
        "data-format": "How a date is written: `full`, `long`, `medium` or `short`.",
        "data-folders": "The image folders to choose from.",
        "data-upload": "With `false` nobody uploads here; only images that are there can be chosen.",
        "data-ratio": "The shape of a picture, as `16:9`.",
        "data-size": "The exact size of a picture in pixels, as `1200x600`.",
        "data-min-size": "The smallest size of a picture in pixels.",
        "data-max-size": "The largest size of a picture in pixels.",
        "data-domains": "The sites that links may lead to, with everything below them.",
        "data-link-style": "The style of an author's links.",
        "data-paragraph-style": "The style of an author's paragraphs.",
        "data-list-style": "The style of an author's lists.",
        "data-pinned": "The shared part stays as it is when the template is published.",
    }
)
SECTION_MARKS: Mapping[str, str] = MappingProxyType(
    {
        "data-section": "The element is a section of this name.",
        "data-section-label": "The words that authors read; without them the name.",
        "data-section-help": "What the section is for.",
        "data-optional": "The author may leave it out.",
        "data-if": "The rule by which it stands.",
        "data-repeat": "The element is a section of this name that may stand several times.",
        "data-min": "The fewest times that it stands (default 1).",
        "data-max": "The most times that it stands (default 10, at most 50).",
        "data-choose": "The sections of one choice; exactly one of them stands.",
        "data-lock": "What is fixed: `content`, `structure` or `none`.",
        "data-reason": "Why it is locked, for authors to read.",
    }
)
ALL_MARKS = frozenset(FIELD_MARKS) | frozenset(SECTION_MARKS)
COMMON_MARKS = frozenset(
    {"data-field", "data-type", "data-label", "data-help", "data-good", "data-bad", "data-default", "data-required"}
    | {"data-must-change"}
)
"""The marks that a field of any type takes; those of one type stand in `ValueType.marks`."""
