"""Drawings of numbers over days, in places that a page puts into SVG; pure, and without words of their own.

Places are text, so that no language writes them with a comma.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from django.utils.formats import date_format, number_format

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 72, 16, 16, 36
_STEPS: Final = (1, 2, 2.5, 5, 10)

Point = tuple[date, int | None]


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers in the order of their days; None is a day of which nothing is known, which is not zero."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at a place of the drawing."""

    x: str
    y: str
    word: str


@dataclass(frozen=True, slots=True)
class Line:
    """A series as drawn: a polyline and the area under it for each run of known days, and a dot where a run is one day.

    `number` counts from 1, and tells a page's styles which line this is; `last` is the last known day.
    """

    number: int
    label: str
    runs: Sequence[str]
    areas: Sequence[str]
    dots: Sequence[Mark]
    last: Mark


@dataclass(frozen=True, slots=True)
class Curve:
    """Lines over days, three levels of the scale, and the first, middle and last day."""

    lines: Sequence[Line]
    levels: Sequence[Mark]
    days: Sequence[Mark]


def curve(all_series: Sequence[Series]) -> Curve | None:
    """Draws series over the same scale; None where fewer than two days are known, which make no line."""
    known = [series for series in all_series if _values(series)]
    if len({day for series in known for day, value in series.points if value is not None}) < 2:
        return None
    days = sorted({day for series in known for day, _value in series.points})
    frame = _Frame(days[0], (days[-1] - days[0]).days, ceiling(max(max(_values(series)) for series in known)))
    middle = min(days, key=lambda day: abs((day - frame.first).days * 2 - frame.span))
    return Curve(
        lines=[_line(number, series, frame) for number, series in enumerate(known, start=1)],
        levels=[
            Mark(place(LEFT - 10), frame.y(level), number_in_words(level)) for level in (0, frame.most // 2, frame.most)
        ],
        days=[
            Mark(frame.x(day), place(HEIGHT - 10), date_format(day, "MONTH_DAY_FORMAT"))
            for day in (days[0], middle, days[-1])
        ],
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    first: date
    span: int
    most: int

    def x(self, day: date) -> str:
        return place(LEFT + (WIDTH - LEFT - RIGHT) * (day - self.first).days / self.span)

    def y(self, value: float) -> str:
        return place(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.most)


def _line(number: int, series: Series, frame: _Frame) -> Line:
    runs, areas, dots = [], [], []
    for run in _runs(series.points):
        places = [f"{frame.x(day)},{frame.y(value)}" for day, value in run]
        (first, _first), (last, value) = run[0], run[-1]
        if len(run) == 1:
            dots.append(Mark(frame.x(last), frame.y(value), number_in_words(value)))
            continue
        runs.append(" ".join(places))
        areas.append(" ".join((f"{frame.x(first)},{frame.y(0)}", *places, f"{frame.x(last)},{frame.y(0)}")))
    return Line(number, series.label, runs, areas, dots, Mark(frame.x(last), frame.y(value), number_in_words(value)))


def _runs(points: Iterable[Point]) -> Iterator[list[tuple[date, int]]]:
    for is_known, run in groupby(points, key=lambda point: point[1] is not None):
        if is_known:
            yield [(day, value) for day, value in run if value is not None]


def _values(series: Series) -> list[int]:
    return [value for _day, value in series.points if value is not None]


def ceiling(number: int) -> int:
    """Gives a round number from the largest one on, of which half is whole too."""
    tens = int("1".ljust(len(str(number)), "0"))
    for step in _STEPS:
        found = int(step * tens)
        if found >= number and found % 2 == 0:
            return found
    return 20 * tens


def place(number: float) -> str:
    """Gives a place as SVG reads it."""
    return f"{number:.1f}"


def number_in_words(number: int) -> str:
    """Gives a number as the reader's language groups it."""
    return number_format(number, force_grouping=True)
