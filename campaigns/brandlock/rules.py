"""Reading the rules that stand beside a field, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable

from babel.numbers import list_currencies

from .fields import BLOCK_FORMATS, FieldSpec, FieldType, Format, Option, RichStyles
from .findings import sentence
from .inert import in_style
from .marks import COMMON_MARKS, FIELD_MARKS
from .patterns import ways_of
from .source import Element
from .types import TYPES
from .types.choice import COLOR
from .types.figures import MOST_DECIMALS, as_number
from .types.moments import DATE_STYLES, as_date, as_time

_BLOCK_TAGS = frozenset(
    {"div", "td", "th", "article", "aside", "blockquote", "center", "footer", "header", "main", "section", "mj-text"}
)
_COUNT = re.compile(r"[0-9]{1,6}")
_RATIO = re.compile(r"[1-9][0-9]{0,4}:[1-9][0-9]{0,4}")
_SIZE = re.compile(r"[1-9][0-9]{0,4}x[1-9][0-9]{0,4}")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}")
_WORDS = re.compile(r"[\s,]+")
_SNIPPET = re.compile(r"[a-z][a-z0-9_]{0,59}")
_DANGEROUS_PATTERN = re.compile(r"[+*}]\)?[+*{]|\\[1-9]|\(\?P=")
MOST_OPTIONS = 100
PATTERN_CHARACTERS = 200
MOST_WAYS_OF_FORM = 30_000_000
"""In how many ways a `data-pattern` may try to fit: it is tried once, at the beginning of a short text."""
MOST_PROBLEMS = 20

Problem = tuple[str, str, dict[str, str]]
_VALUES: dict[FieldType, Callable[[str], object]] = {
    FieldType.DATE: as_date,
    FieldType.TIME: as_time,
    FieldType.NUMBER: as_number,
    FieldType.PRICE: as_number,
}
FORMED = frozenset({*_VALUES, FieldType.COLOR})
"""The types whose value has a form of its own."""


def spoken(name: str) -> str:
    """Returns a name as a label: `offer_image` becomes `Offer image`."""
    return name.replace("_", " ").capitalize()


def is_value(field_type: FieldType, text: str) -> bool:
    """Tells whether a text is a value of a type that has a form of its own."""
    if field_type is FieldType.COLOR:
        return COLOR.fullmatch(text) is not None
    return _VALUES[field_type](text) is not None


def could_run_long(pattern: str) -> bool:
    """Tells whether a regular expression is too long, or puts a repetition on another one, or refers back."""
    if len(pattern) > PATTERN_CHARACTERS or _DANGEROUS_PATTERN.search(pattern) is not None:
        return True
    return ways_of(pattern, most=MOST_WAYS_OF_FORM) > MOST_WAYS_OF_FORM


def switch(element: Element, mark: str) -> bool:
    """Tells whether a mark without a value is set; `false` switches it off."""
    return element.attribute(mark) is not None and element.get(mark).strip().lower() != "false"


def type_by_tag(tag: str) -> str:
    """Returns the type of a field that names none."""
    return {"mj-image": "image", "img": "image", "mj-button": "button"}.get(tag, "line")


def allowed_formats(element: Element) -> frozenset[Format]:
    """Returns the formats that fit into an element: no block inside a paragraph, no link inside a link."""
    allowed = frozenset(Format)
    around = (element, *element.ancestors())
    if element.tag not in _BLOCK_TAGS or any(above.tag == "p" for above in around):
        allowed -= BLOCK_FORMATS
    if any(above.tag == "li" for above in around):
        allowed -= {Format.LIST}
    if any(above.tag == "a" for above in around):
        allowed -= {Format.LINK}
    return allowed


def read_field(element: Element, field_type: FieldType) -> tuple[FieldSpec, list[Problem]]:
    """Returns a field as its marks declare it, and what is wrong with them; a mark of another type is wrong too.

    Its default and where it stands are still open: they follow from what the element holds, and from what holds it.
    """
    reader = _Reader(element, field_type)
    return reader.field(), reader.problems


class _Reader:
    def __init__(self, element: Element, field_type: FieldType) -> None:
        self.element = element
        self.type = field_type
        self.problems: list[Problem] = []

    def field(self) -> FieldSpec:
        self.check_marks()
        element, name, usual = self.element, self.element.get("data-field"), RichStyles()
        minimum, maximum, lowest, highest = self.bounds()
        return FieldSpec(
            name=name,
            type=self.type,
            label=element.get("data-label") or spoken(name),
            help=element.get("data-help"),
            good=element.get("data-good"),
            bad=element.get("data-bad"),
            required=switch(element, "data-required"),
            must_change=switch(element, "data-must-change"),
            minimum=minimum,
            maximum=maximum,
            lowest=lowest,
            highest=highest,
            decimals=self.decimals(),
            currency=self.currency(),
            style=self.style(),
            pattern=self.pattern(),
            options=self.options(),
            formats=self.formats() if self.type is FieldType.TEXT else (),
            folders=self.words("data-folders"),
            takes_uploads=element.get("data-upload").strip().lower() != "false",
            ratio=self.shaped("data-ratio", _RATIO, "16:9"),
            size=self.shaped("data-size", _SIZE, "1200x600"),
            min_size=self.shaped("data-min-size", _SIZE, "1200x600"),
            max_size=self.shaped("data-max-size", _SIZE, "1200x600"),
            domains=self.domains(),
            is_pinned=switch(element, "data-pinned"),
            styles=RichStyles(
                link=element.get("data-link-style") or usual.link,
                paragraph=element.get("data-paragraph-style") or usual.paragraph,
                list=element.get("data-list-style") or usual.list,
            ),
        )

    def bounds(self) -> tuple[int | None, int | None, str, str]:
        """Returns the fewest and the most characters, and the lowest and the highest value; of the two one pair is."""
        minimum = maximum = None
        lowest = highest = ""
        if self.type in _VALUES:
            lowest, highest = (self.bound(mark) for mark in ("data-min", "data-max"))
            is_crossed = bool(lowest and highest) and self.is_more(lowest, highest)
        else:
            minimum, maximum = (self.count(mark) for mark in ("data-min", "data-max"))
            is_crossed = minimum is not None and maximum is not None and minimum > maximum
        if is_crossed:
            self.refuse(sentence("data-min is larger than data-max."))
        return minimum, maximum, lowest, highest

    def refuse(self, message: str, **params: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(("bad_rule", message, params))

    def check_marks(self) -> None:
        """Refuses rules that the type does not know: nobody would keep them."""
        known = COMMON_MARKS | TYPES[self.type].marks
        for attribute in self.element.attributes:
            is_of_section = attribute.name in {"data-min", "data-max"} and self.element.attribute("data-repeat")
            if attribute.name in FIELD_MARKS and attribute.name not in known and not is_of_section:
                message = sentence("A field of type %(type)s takes no %(mark)s.")
                self.refuse(message, type=self.type.value, mark=attribute.name)

    def pattern(self) -> str:
        pattern = self.element.get("data-pattern")
        if not pattern:
            return ""
        is_long = len(pattern) > PATTERN_CHARACTERS
        try:
            re.compile("" if is_long else pattern)
        except (re.error, OverflowError, RecursionError) as error:
            self.refuse(sentence("data-pattern cannot be read: %(reason)s."), reason=str(error))
            return ""
        if is_long or could_run_long(pattern):
            self.refuse(sentence("data-pattern could take very long: put no repetition directly on another one."))
            return ""
        return pattern

    def shaped(self, mark: str, form: re.Pattern[str], example: str) -> str:
        written = self.element.get(mark).strip()
        if written and form.fullmatch(written) is None:
            self.refuse(sentence("%(mark)s has the form %(example)s."), mark=mark, example=example)
            return ""
        return written

    def count(self, mark: str) -> int | None:
        written = self.element.get(mark).strip()
        if not written:
            return None
        if _COUNT.fullmatch(written) is None:
            self.refuse(sentence("%(mark)s is a whole number."), mark=mark)
            return None
        return int(written)

    def bound(self, mark: str) -> str:
        written = self.element.get(mark).strip()
        if written and _VALUES[self.type](written) is None:
            wanted = TYPES[self.type].wanted
            self.refuse(sentence("%(mark)s is %(wanted)s."), mark=mark, wanted=wanted)
            return ""
        return TYPES[self.type].canonical(written)

    def is_more(self, lowest: str, highest: str) -> bool:
        one, other = as_number(lowest), as_number(highest)
        return one > other if one is not None and other is not None else lowest > highest

    def decimals(self) -> int | None:
        count = self.count("data-decimals")
        if count is not None and count > MOST_DECIMALS:
            self.refuse(sentence("%(mark)s is at most %(most)s."), mark="data-decimals", most=str(MOST_DECIMALS))
            return None
        return count

    def currency(self) -> str:
        written = self.element.get("data-currency").strip().upper()
        if written and written not in list_currencies():
            self.refuse(sentence("There is no currency %(currency)s."), currency=written)
            return ""
        return written

    def style(self) -> str:
        written = self.element.get("data-format").strip()
        if written and written not in DATE_STYLES:
            self.refuse(sentence("data-format is one of %(options)s."), options=", ".join(DATE_STYLES))
            return ""
        return written

    def words(self, mark: str) -> tuple[str, ...]:
        return tuple(word.lower() for word in _WORDS.split(self.element.get(mark)) if word)

    def domains(self) -> tuple[str, ...]:
        domains = self.words("data-domains")
        for domain in domains:
            if DOMAIN.fullmatch(domain) is None:
                self.refuse(sentence("%(domain)s is no domain name."), domain=domain)
        return domains

    def options(self) -> tuple[Option, ...]:
        written = self.element.get("data-options")
        found: dict[str, Option] = {}
        for part in written.split("|"):
            value, _, label = (" ".join(text.split()) for text in part.partition("="))
            if not value:
                continue
            value = value.lower() if self.type is FieldType.COLOR else value
            if value in found:
                self.refuse(sentence("The option %(option)s stands twice."), option=value)
            elif not self.is_option(value):
                self.refuse(sentence("%(option)s cannot be an option here."), option=value)
            else:
                found[value] = Option(value, label or value)
        if len(found) > MOST_OPTIONS:
            self.refuse(sentence("A field has at most %(most)s options."), most=str(MOST_OPTIONS))
        if not found and self.type in {FieldType.CHOICE, FieldType.SNIPPET}:
            self.refuse(sentence("A field of type %(type)s needs data-options."), type=self.type.value)
        return tuple(found.values())[:MOST_OPTIONS]

    def is_option(self, value: str) -> bool:
        if self.type is FieldType.COLOR:
            return COLOR.fullmatch(value) is not None
        if self.type is FieldType.SNIPPET:
            return _SNIPPET.fullmatch(value) is not None
        return "[[" not in value and (not self.element.get("data-attribute") or bool(in_style(value)))

    def formats(self) -> tuple[Format, ...]:
        fitting = allowed_formats(self.element)
        if self.element.attribute("data-formats") is None:
            return tuple(item for item in Format if item in fitting)
        chosen: list[Format] = []
        for word in self.words("data-formats"):
            if word not in set(Format):
                self.refuse(sentence("There is no format %(format)s."), format=word)
            elif Format(word) not in fitting:
                self.refuse(sentence("<%(tag)s> cannot hold the format %(format)s."), tag=self.element.tag, format=word)
            else:
                chosen.append(Format(word))
        return tuple(item for item in Format if item in chosen)
