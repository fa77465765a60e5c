"""The simulator plays the measured machine within its stated error, and the page shows what the command prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.scale import GIANT, MEASURED, MORNING, STATED_ERROR, fleet_rows, machine_table, reproduced
from bench.scale.fleet import SHARE, Kind, play
from braze_client.pacing import SHARED

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"


def test_the_measured_figures_of_one_machine_come_out_within_the_stated_error() -> None:
    found = reproduced()

    errors = {name: found[name] / measured - 1 for name, measured in MEASURED.items()}
    assert abs(errors["bare loop"]) < 0.01
    assert abs(errors["one worker"]) < 0.01
    assert abs(errors["two workers"]) < STATED_ERROR


def test_the_page_shows_what_the_command_prints() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert "\n".join(machine_table(reproduced())) in page
    for kinds, workers in ((MORNING, 52), (GIANT, 26)):
        assert "\n".join(fleet_rows(kinds, workers, MEASURED["two workers"] / 2)) in page


def test_one_brand_is_bound_by_its_budget_and_not_by_its_two_workers() -> None:
    (giant,) = play(GIANT, workers=2, calls_a_second=216)

    hours = giant.calls / (SHARED.limit * SHARE)
    assert giant.all_done == pytest.approx(3600 * int(hours), abs=60)


def test_twice_the_workers_take_half_the_time_while_the_budget_is_not_used_up() -> None:
    kinds = (Kind("brand", 10, 50, 500, 1_000_000),)

    (few,), (many,) = (play(kinds, workers=workers, calls_a_second=216) for workers in (2, 4))

    assert few.all_done == pytest.approx(2 * many.all_done, rel=0.02)
    assert few.seconds_without_budget == 0


def test_small_mailings_do_not_wait_for_head_office() -> None:
    kinds = (Kind("brand", 1, 50, 500, 1_000_000),)

    (fair,) = play(kinds, workers=1, calls_a_second=200)
    (in_line,) = play(kinds, workers=1, calls_a_second=200, is_fair=False)

    assert fair.small_done < 10
    assert in_line.small_done > 95
    assert fair.all_done == in_line.all_done
