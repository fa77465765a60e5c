"""The size of a segment over time as a drawing, and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from groups.charts import Curve, Series, curve, number_in_words

Size = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Chart:
    """A line over days, and what it shows in words."""

    curve: Curve
    sentence: str


def chart_of(sizes: Sequence[Size]) -> Chart | None:
    """Draws sizes in the order of their days; None for fewer than two days, which make no line."""
    drawn = curve([Series("", sizes)])
    return None if drawn is None else Chart(drawn, _in_words(sizes))


def _in_words(sizes: Sequence[Size]) -> str:
    (first, was), (last, now) = sizes[0], sizes[-1]
    least, most = min(size for _day, size in sizes), max(size for _day, size in sizes)
    return _("From %(was)s people on %(first)s to %(now)s on %(last)s; never below %(least)s nor above %(most)s.") % {
        "was": number_in_words(was),
        "first": date_format(first, "DATE_FORMAT"),
        "now": number_in_words(now),
        "last": date_format(last, "DATE_FORMAT"),
        "least": number_in_words(least),
        "most": number_in_words(most),
    }
