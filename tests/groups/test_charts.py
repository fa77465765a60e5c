"""Curves: places as SVG reads them, and a break in the line where nothing is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from groups.charts import Mark, Series, ceiling, curve

DAYS = [date(2026, 11, 1) + timedelta(days=number) for number in range(5)]


def test_a_day_without_a_number_breaks_the_line() -> None:
    drawn = curve([Series("Delivered", list(zip(DAYS, (100, 50, None, 20, None), strict=True)))])

    assert drawn is not None
    (line,) = drawn.lines
    assert line.runs == ["72.0,16.0 230.0,120.0"]
    assert line.areas == ["72.0,224.0 72.0,16.0 230.0,120.0 230.0,224.0"]
    assert line.dots == [Mark("546.0", "182.4", "20")]
    assert line.last == Mark("546.0", "182.4", "20")
    # The picture ends with the last day, of which nothing is known, and not with the last that is.
    assert [mark.word for mark in drawn.days] == ["November 1", "November 3", "November 5"]


def test_lines_share_a_scale_and_one_without_any_number_is_left_out() -> None:
    drawn = curve(
        [
            Series("Opens", [(DAYS[0], 40), (DAYS[4], 100)]),
            Series("Clicks", [(DAYS[0], None), (DAYS[4], None)]),
            Series("Bounces", [(DAYS[0], 0), (DAYS[4], 50)]),
        ]
    )

    assert drawn is not None
    assert [(line.number, line.label) for line in drawn.lines] == [(1, "Opens"), (2, "Bounces")]
    assert [mark.word for mark in drawn.levels] == ["0", "50", "100"]
    assert [mark.word for mark in drawn.days] == ["November 1", "November 1", "November 5"]
    assert drawn.lines[1].runs == ["72.0,224.0 704.0,120.0"]


@pytest.mark.parametrize("points", [[], [(DAYS[0], 5)], [(DAYS[0], 5), (DAYS[1], None)]])
def test_fewer_than_two_known_days_make_no_line(points: list[tuple[date, int | None]]) -> None:
    assert curve([Series("Opens", points)]) is None


@pytest.mark.parametrize(("number", "expected"), [(0, 2), (3, 10), (11, 20), (26, 50), (51, 100), (999, 1000)])
def test_a_scale_ends_at_a_round_number_of_which_half_is_whole(number: int, expected: int) -> None:
    assert ceiling(number) == expected


def test_places_have_a_point_in_every_language() -> None:
    with translation.override("de"):
        drawn = curve([Series("Opens", [(DAYS[0], 1500), (DAYS[1], 3)])])

    assert drawn is not None
    assert drawn.lines[0].runs == ["72.0,68.0 704.0,223.7"]
    assert [mark.word for mark in drawn.levels] == ["0", "1.000", "2.000"]
