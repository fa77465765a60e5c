"""Fixtures of the runs: the ground is prepared once for a test process, each run stands on it by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.chaos.ground import Ground, a_ground
from tests.chaos.run import Run


@pytest.fixture(scope="session")
def ground(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Ground]:
    """Gives the ground, on a copy of the database of the tests."""
    with (
        django_db_blocker.unblock(),
        a_ground(tmp_path_factory.mktemp("chaos"), of_this_database=True) as found,
    ):
        yield found


@pytest.fixture
def run(ground: Ground, settings_of_tests: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Run]:
    """Gives a run with nothing behind it."""
    with django_db_blocker.unblock(), ground.a_run() as found:
        yield found


@pytest.fixture(autouse=True)
def unblocked(ground: Ground, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Lets the tests speak with the databases of their runs."""
    with django_db_blocker.unblock():
        yield
