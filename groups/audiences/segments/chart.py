"""The size of a segment over time as a drawing, in numbers that a page puts into SVG, and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 72, 16, 16, 36
_STEPS: Final = (1, 2, 2.5, 5, 10)

Size = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place of the drawing."""

    x: str
    y: str
    word: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A line over days; places are text, so that no language writes them with a comma."""

    line: str
    area: str
    levels: Sequence[Mark]
    days: Sequence[Mark]
    last: Mark
    sentence: str


def chart_of(sizes: Sequence[Size]) -> Chart | None:
    """Draws sizes in the order of their days; None for fewer than two days, which make no line."""
    if len(sizes) < 2:
        return None
    most = _ceiling(max(size for _day, size in sizes))
    first, last = sizes[0][0], sizes[-1][0]
    span = (last - first).days

    def x(day: date) -> str:
        return _place(LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span)

    def y(size: float) -> str:
        return _place(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * size / most)

    points = [f"{x(day)},{y(size)}" for day, size in sizes]
    middle = min(sizes, key=lambda one: abs((one[0] - first).days * 2 - span))[0]
    return Chart(
        line=" ".join(points),
        area=" ".join((f"{x(first)},{y(0)}", *points, f"{x(last)},{y(0)}")),
        levels=[Mark(_place(LEFT - 10), y(level), _number(level)) for level in (0, most // 2, most)],
        days=[Mark(x(day), _place(HEIGHT - 10), date_format(day, "MONTH_DAY_FORMAT")) for day in (first, middle, last)],
        last=Mark(x(last), y(sizes[-1][1]), _number(sizes[-1][1])),
        sentence=_in_words(sizes),
    )


def _in_words(sizes: Sequence[Size]) -> str:
    (first, was), (last, now) = sizes[0], sizes[-1]
    least, most = min(size for _day, size in sizes), max(size for _day, size in sizes)
    return _("From %(was)s people on %(first)s to %(now)s on %(last)s; never below %(least)s nor above %(most)s.") % {
        "was": _number(was),
        "first": date_format(first, "DATE_FORMAT"),
        "now": _number(now),
        "last": date_format(last, "DATE_FORMAT"),
        "least": _number(least),
        "most": _number(most),
    }


def _ceiling(size: int) -> int:
    """Gives a round number above the largest size, of which half is whole too."""
    tens = int("1".ljust(len(str(size)), "0"))
    for step in _STEPS:
        ceiling = int(step * tens)
        if ceiling >= size and ceiling % 2 == 0:
            return ceiling
    return 20 * tens


def _place(number: float) -> str:
    return f"{number:.1f}"


def _number(number: int) -> str:
    return number_format(number, force_grouping=True)
