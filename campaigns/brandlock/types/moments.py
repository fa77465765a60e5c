"""Dates and times, written in the group's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from campaigns.brandlock.fields import FieldSpec, FieldType
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.pieces import Json

from .base import ValueType, Written, WrongShape, found_in, one_line

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext

DATE_STYLES = ("long", "full", "medium", "short")


@lru_cache(maxsize=64)
def locale_of(language: str) -> Locale:
    """Returns the locale of a language such as `de-AT`; English for one that is not known."""
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


class DateType(ValueType):
    """A day as `2026-12-03`; it is shown as the group's language writes it, in the style of `data-format`."""

    type = FieldType.DATE
    marks = frozenset({"data-min", "data-max", "data-format"})
    takes_tokens = False
    wanted = sentence("a date as 2026-12-31")
    meaning = "A day, written in the group's language; `data-format` is full, long, medium or short."

    def written(self, found: Written) -> Json:
        return one_line(found.default)

    def read(self, spec: FieldSpec, value: Json) -> Json:
        text = one_line(value)
        if not isinstance(value, str) or (text and as_date(text) is None):
            raise WrongShape(self.wanted)
        return self.canonical(text)

    def canonical(self, text: str) -> str:
        day = as_date(text)
        return text if day is None else day.isoformat()

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        day = as_date(one_line(value))
        return "" if day is None else written_date(day, spec.style or "long", context.language)

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        text = one_line(value)
        day = as_date(text)
        if day is None:
            yield found_in(spec, "bad_date", "%(label)s is no date. Choose one from the calendar.")
            return
        yield from out_of_bounds(spec, text, context)
        if context.day and text < context.day:
            message = sentence("%(label)s lies before the day that this email goes out.")
            yield found_in(spec, "date_past", message, blocks=False)

    def longest(self, spec: FieldSpec) -> Json:
        return "2026-09-30"


class TimeType(ValueType):
    """A time of day as `18:30`, shown as the group's language writes it."""

    type = FieldType.TIME
    marks = frozenset({"data-min", "data-max"})
    takes_tokens = False
    wanted = sentence("a time as 18:30")
    meaning = "A time of day, written in the group's language."

    def written(self, found: Written) -> Json:
        return one_line(found.default)

    def read(self, spec: FieldSpec, value: Json) -> Json:
        text = one_line(value)
        if not isinstance(value, str) or (text and as_time(text) is None):
            raise WrongShape(self.wanted)
        return self.canonical(text)

    def canonical(self, text: str) -> str:
        moment = as_time(text)
        return text if moment is None else moment.strftime("%H:%M")

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        moment = as_time(one_line(value))
        return "" if moment is None else str(format_time(moment, "short", locale=locale_of(context.language)))

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        if as_time(one_line(value)) is None:
            yield found_in(spec, "bad_time", "%(label)s is no time. Write it as 18:30.")
            return
        yield from out_of_bounds(spec, one_line(value), context)

    def longest(self, spec: FieldSpec) -> Json:
        return "22:30"


def as_date(text: str) -> date | None:
    """Returns the day of an ISO date, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_time(text: str) -> time | None:
    """Returns the time of day of `18:30` or `18:30:00`, or None; without a zone."""
    try:
        moment = time.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is None else None


def written_date(day: date, style: str, language: str) -> str:
    """Returns a day as a language writes it, in one of `DATE_STYLES`."""
    return str(format_date(day, format=style, locale=locale_of(language)))


def out_of_bounds(spec: FieldSpec, value: str, context: RenderContext) -> Iterator[Finding]:
    """Yields a finding for an ISO value outside the field's bounds; both sides have the same form."""
    bounds = {"lowest": spec.lowest, "highest": spec.highest}
    if spec.type is FieldType.DATE:
        bounds = {
            name: written_date(day, "long", context.language) if (day := as_date(text)) else ""
            for name, text in bounds.items()
        }
    if spec.lowest and value < spec.lowest:
        yield found_in(spec, "too_low", "%(label)s must not lie before %(lowest)s.", lowest=bounds["lowest"])
    if spec.highest and value > spec.highest:
        yield found_in(spec, "too_high", "%(label)s must not lie after %(highest)s.", highest=bounds["highest"])
