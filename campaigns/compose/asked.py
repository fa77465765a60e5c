"""One field with its value taken apart, so that a page can ask for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from babel.numbers import format_decimal, get_currency_symbol

from campaigns.brandlock import FieldSpec, FieldType, Option, RenderContext
from campaigns.brandlock.tokens import TOKEN
from campaigns.brandlock.types import TYPES
from campaigns.brandlock.types.choice import ChoiceType
from campaigns.brandlock.types.figures import PriceType, as_number
from campaigns.brandlock.types.moments import locale_of
from campaigns.compose.chooser import NOTHING, Chooser, Offer

SUMMARY_CHARACTERS = 60
TOKEN_FIELDS = (FieldType.LINE, FieldType.TEXT)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Asked:
    """One field as a page asks for it; a locked one shows its text only.

    `name` is the path of the value, which names the inputs. `formats` are the names of the rich formats it takes,
    `options` the approved values, `offer` the pictures that it may show. `lowest` and `highest` are as HTML's own
    inputs take them, `unit` stands beside a number.
    """

    name: str
    type: str
    label: str
    help: str = ""
    good: str = ""
    bad: str = ""
    text: str = ""
    html: str = ""
    url: str = ""
    image: str = ""
    alt: str = ""
    unit: str = ""
    lowest: str = ""
    highest: str = ""
    is_required: bool = False
    is_locked: bool = False
    reason: str = ""
    takes_merge_tags: bool = False
    takes_uploads: bool = True
    ratio: str = ""
    size: str = ""
    maximum: int | None = None
    formats: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    offer: Offer = NOTHING

    @property
    def step(self) -> str:
        """The key of the step that asks for the field."""
        return self.name.partition(".")[0]


def asked_of(
    spec: FieldSpec, value: Any, path: str, *, context: RenderContext, chooser: Chooser, reason: str = ""
) -> Asked:
    """Gives a field as a page asks for it; `chooser` knows the pictures that the group may choose."""
    parts = value if isinstance(value, Mapping) else {"text": value or ""}
    kind = TYPES[spec.type]
    image = str(parts.get("image", ""))
    return Asked(
        name=path,
        type=spec.type.value,
        label=spec.label,
        help=spec.help,
        good=spec.good,
        bad=spec.bad,
        text=typed_text(spec, str(parts.get("text", "")), context.language),
        html=str(parts.get("html", "")),
        url=str(parts.get("url", "")),
        image=chooser.id_of(image),
        alt=str(parts.get("alt", "")),
        unit=_unit(spec, context),
        lowest=spec.lowest,
        highest=spec.highest,
        is_required=spec.required,
        is_locked=spec.is_locked,
        reason=reason,
        takes_merge_tags=spec.type in TOKEN_FIELDS and not spec.is_locked,
        takes_uploads=spec.takes_uploads,
        ratio=spec.ratio,
        size=(spec.size or spec.min_size).replace("x", " × "),
        maximum=spec.maximum,
        formats=tuple(item.value for item in spec.formats),
        domains=spec.domains,
        options=kind.options(spec, context) if isinstance(kind, ChoiceType) else (),
        offer=chooser.offer(spec, path, image) if spec.type is FieldType.IMAGE else NOTHING,
    )


def typed_text(spec: FieldSpec, text: str, language: str) -> str:
    """Gives a text value as its input shows it: numbers as the group's language writes them."""
    number = as_number(text) if spec.type in (FieldType.NUMBER, FieldType.PRICE) else None
    if number is None:
        return text
    return str(format_decimal(number, format="0.######", locale=locale_of(language)))


def words_of(value: Any) -> str:
    """Gives what a reader would see of a field's value, on one line."""
    if isinstance(value, Mapping):
        value = value.get("html") or value.get("text") or value.get("alt") or ""
    return " ".join(unescape(_TAG.sub(" ", str(value or ""))).split())


def shown_words(spec: FieldSpec, value: Any, context: RenderContext) -> str:
    """Gives what stands in the mail of a value, in one line, merge tags by their label."""
    if spec.type in (FieldType.TEXT, FieldType.IMAGE, FieldType.BUTTON):
        return filled(words_of(value), context)
    kind = TYPES[spec.type]
    shown = kind.shown(spec, value, "", context)
    if isinstance(kind, ChoiceType):
        return next((option.label for option in kind.options(spec, context) if option.value == shown), shown)
    return filled(shown, context)


def filled(text: str, context: RenderContext) -> str:
    """Gives a text with the group's own values in place of `[[group.name]]`, and merge tags by their label."""

    def value(match: re.Match[str]) -> str:
        tag = context.merge_tags.get(match.group(1))
        return f"‹{tag.label}›" if tag is not None else context.portal_value(match.group(1)) or match.group()

    return TOKEN.sub(value, text)


def shortened(text: str) -> str:
    """Cuts a text for the line under a step's title."""
    return text if len(text) <= SUMMARY_CHARACTERS else text[: SUMMARY_CHARACTERS - 1].rstrip() + "…"


def _unit(spec: FieldSpec, context: RenderContext) -> str:
    kind = TYPES[spec.type]
    if not isinstance(kind, PriceType) or not (currency := kind.currency(spec, context)):
        return ""
    return str(get_currency_symbol(currency, locale=locale_of(context.language)))
