"""An upgrade loses no send: real workers, a delivery under way, and the ledger read person by person."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from campaigns.models import Route
from tests.chaos.ground import Ground, a_ground
from tests.chaos.upgrading import upgrade_drained

pytestmark = [pytest.mark.processes, pytest.mark.django_db, pytest.mark.xdist_group("second-portal")]


@pytest.fixture(scope="module")
def ground(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Ground]:
    """Gives the ground of a run; its clock ends with this module, so that no other test feels it."""
    with django_db_blocker.unblock(), a_ground(tmp_path_factory.mktemp("upgrade"), of_this_database=True) as found:
        yield found


def test_an_upgrade_with_a_delivery_under_way_loses_nobody_and_mails_nobody_twice(ground: Ground) -> None:
    with ground.a_run() as run:
        upgrade_drained(run, Route.SCHEDULE)
