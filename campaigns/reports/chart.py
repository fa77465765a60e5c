"""Charts of reports: a picture made on the server, what it shows in words, and the table behind it.

`templates/reports/_chart.html` draws them: `{% include "reports/_chart.html" with chart=chart %}` on a page that links
`css/chart.css`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groups.charts import WIDTH, Curve, Series, curve, number_in_words, place

ROW: Final = 56
BAR_TOP: Final = 28
BAR: Final = 14
UNKNOWN: Final = "–"


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart: a count, None where it is not known, and what stands behind its number."""

    label: str
    count: int | None
    share: str = ""


@dataclass(frozen=True, slots=True)
class Strip:
    """A bar as drawn; an unknown one has no width and is drawn as an empty frame."""

    label: str
    word: str
    text_y: str
    bar_y: str
    width: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, either a `curve` over days or `strips` of bars, and the table with the same numbers.

    `key` is unique on its page; `sentence` says what the picture shows, for those who do not see it. Without a picture
    (one day makes no line) the table is all there is.
    """

    key: str
    title: str
    sentence: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    curve: Curve | None = None
    strips: tuple[Strip, ...] = ()

    @property
    def height(self) -> int:
        """How high the picture of bars is, in its own units."""
        return ROW * len(self.strips)


def over_days(*, key: str, title: str, series: Sequence[Series], note: str = "") -> Chart:
    """Draws up to four series over the same days; a day without a number breaks its line and is a dash in the table."""
    days = sorted({day for one in series for day, _value in one.points})
    by_day = [dict(one.points) for one in series]
    return Chart(
        key=key,
        title=title,
        sentence=_series_in_words(series),
        head=(_("Day"), *(one.label for one in series)),
        rows=tuple((date_format(day, "DATE_FORMAT"), *(_cell(one.get(day)) for one in by_day)) for day in days),
        note=note,
        curve=curve(series),
    )


def as_bars(*, key: str, title: str, bars: Sequence[Bar], head: tuple[str, str, str], note: str = "") -> Chart:
    """Draws bars below each other, the longest over the whole width; `head` names the table's columns."""
    most = max((bar.count for bar in bars if bar.count is not None), default=0)
    strips = tuple(_strip(number, bar, most) for number, bar in enumerate(bars))
    has_shares = any(bar.share for bar in bars)
    rows = ((bar.label, _cell(bar.count), *((bar.share or UNKNOWN,) if has_shares else ())) for bar in bars)
    return Chart(
        key=key,
        title=title,
        sentence=" ".join(_("%(label)s: %(number)s.") % {"label": bar.label, "number": _said(bar)} for bar in bars),
        head=head if has_shares else head[:2],
        rows=tuple(rows),
        note=note,
        strips=strips,
    )


def _strip(number: int, bar: Bar, most: int) -> Strip:
    top = ROW * number
    width = WIDTH * (bar.count or 0) / most if most else 0
    return Strip(
        label=bar.label,
        word=_said(bar),
        text_y=place(top + BAR_TOP - 8),
        bar_y=place(top + BAR_TOP),
        # A count that is not zero is seen.
        width=place(max(width, 2) if bar.count else 0),
        is_known=bar.count is not None,
    )


def _said(bar: Bar) -> str:
    if bar.count is None:
        return _("not known")
    number = number_in_words(bar.count)
    return f"{number} · {bar.share}" if bar.share else number


def _cell(count: int | None) -> str:
    return UNKNOWN if count is None else number_in_words(count)


def _series_in_words(series: Sequence[Series]) -> str:
    return " ".join(_one_in_words(one) for one in series)


def _one_in_words(series: Series) -> str:
    known = [(value, day) for day, value in series.points if value is not None]
    if not known:
        return _("%(label)s: nothing is known.") % {"label": series.label}
    most = max(value for value, _day in known)
    day = next(day for value, day in known if value == most)
    words = _("%(label)s: most on %(day)s with %(most)s.") % {
        "label": series.label,
        "day": date_format(day, "DATE_FORMAT"),
        "most": number_in_words(most),
    }
    unknown = len(series.points) - len(known)
    if not unknown:
        return words
    return (
        words
        + " "
        + ngettext("Of %(days)s day nothing is known.", "Of %(days)s days nothing is known.", unknown)
        % {"days": unknown}
    )
