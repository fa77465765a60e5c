"""Numbers and prices: kept in plain digits, written as the group's language and currency do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from babel.numbers import format_currency, format_decimal, get_currency_precision

from campaigns.brandlock.fields import FieldSpec, FieldType
from campaigns.brandlock.findings import Finding, sentence
from campaigns.brandlock.pieces import Json

from .base import ValueType, Written, WrongShape, found_in, one_line
from .moments import locale_of

if TYPE_CHECKING:
    from campaigns.brandlock.context import RenderContext

_PLAIN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?")
MOST_DECIMALS = 6


class NumberType(ValueType):
    """A number as `1250.5`: digits and one point, whatever language the group writes it in."""

    type = FieldType.NUMBER
    marks = frozenset({"data-min", "data-max", "data-decimals"})
    takes_tokens = False
    wanted = sentence("a number as 1250.5")
    meaning = "A number; `data-decimals` is how many digits may follow the point (default 0)."

    def written(self, found: Written) -> Json:
        return one_line(found.default)

    def read(self, spec: FieldSpec, value: Json) -> Json:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise WrongShape(self.wanted)
        text = one_line(value if isinstance(value, str) else str(value))
        if text and as_number(text) is None:
            raise WrongShape(self.wanted)
        return text

    def decimals(self, spec: FieldSpec, context: RenderContext) -> int:
        """Returns how many digits may follow the point."""
        return spec.decimals or 0

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        number = as_number(one_line(value))
        if number is None:
            return ""
        shape = "#,##0" + ("." + "#" * MOST_DECIMALS)
        return str(format_decimal(number, format=shape, locale=locale_of(context.language)))

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        number = as_number(one_line(value))
        if number is None:
            yield found_in(spec, "bad_number", "%(label)s is no number. Write digits, as 1250.5.")
            return
        places = -int(number.normalize().as_tuple().exponent)
        most = self.decimals(spec, context)
        if places > most:
            message = sentence("%(label)s has %(count)s digits after the point; %(maximum)s are allowed.")
            yield found_in(spec, "too_fine", message, count=str(places), maximum=str(most))
        if spec.lowest and number < Decimal(spec.lowest):
            lowest = self.shown(spec, spec.lowest, "", context)
            yield found_in(spec, "too_low", "%(label)s must be %(lowest)s or more.", lowest=lowest)
        if spec.highest and number > Decimal(spec.highest):
            highest = self.shown(spec, spec.highest, "", context)
            yield found_in(spec, "too_high", "%(label)s must be %(highest)s or less.", highest=highest)

    def longest(self, spec: FieldSpec) -> Json:
        return spec.highest or "1234567"


class PriceType(NumberType):
    """An amount of money as `12.50`, in the group's currency unless `data-currency` names one."""

    type = FieldType.PRICE
    marks = frozenset({"data-min", "data-max", "data-currency"})
    wanted = sentence("an amount as 12.50")
    meaning = "An amount in the group's currency, or in that of `data-currency`."

    def currency(self, spec: FieldSpec, context: RenderContext) -> str:
        """Returns the currency that the amount is in (ISO 4217), or an empty text."""
        return spec.currency or context.currency

    def decimals(self, spec: FieldSpec, context: RenderContext) -> int:
        return int(get_currency_precision(self.currency(spec, context) or "USD"))

    def shown(self, spec: FieldSpec, value: Json, part: str, context: RenderContext) -> str:
        number = as_number(one_line(value))
        if number is None:
            return ""
        currency, locale = self.currency(spec, context), locale_of(context.language)
        if not currency:
            return str(format_decimal(number, locale=locale))
        return str(format_currency(number, currency, locale=locale))

    def problems(self, spec: FieldSpec, value: Json, context: RenderContext) -> Iterator[Finding]:
        if not self.currency(spec, context):
            message = sentence("%(label)s is a price, and your group has no currency. Ask an admin to set its country.")
            yield found_in(spec, "currency_missing", message)
        yield from super().problems(spec, value, context)

    def longest(self, spec: FieldSpec) -> Json:
        return spec.highest or "123456.78"


def as_number(text: str) -> Decimal | None:
    """Returns the number of plain digits, or None."""
    if _PLAIN.fullmatch(text) is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
