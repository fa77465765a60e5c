"""An upgrade loses no send: real workers, a delivery under way, and the ledger read person by person."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from campaigns.models import Route
from tests.chaos.ground import a_ground
from tests.chaos.upgrading import upgrade_drained

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("second-portal")]


def test_an_upgrade_with_a_delivery_under_way_loses_nobody_and_mails_nobody_twice(
    tmp_path: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    # The clock of the run ends with the ground, so that no other test of this process feels it.
    with (
        django_db_blocker.unblock(),
        a_ground(tmp_path, of_this_database=True) as ground,
        ground.a_run() as run,
    ):
        upgrade_drained(run, Route.SCHEDULE)
