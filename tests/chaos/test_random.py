"""A few random schedules of faults; `make chaos` plays hundreds."""

from __future__ import annotations

import pytest

from tests.chaos.ground import Ground
from tests.chaos.playing import play

pytestmark = [pytest.mark.chaos, pytest.mark.django_db, pytest.mark.xdist_group("chaos-answers")]


@pytest.mark.parametrize("seed", [11, 22, 33, 44, 55, 66])
def test_a_random_schedule_of_faults_leaves_a_ledger_that_holds(
    ground: Ground, settings_of_tests: None, seed: int
) -> None:
    play(ground, seed)
