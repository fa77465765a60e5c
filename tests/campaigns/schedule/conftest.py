"""Fixtures of the tests of time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.campaigns.schedule.builders import NOW


@pytest.fixture
def a_monday_morning(db: None) -> Iterator[None]:
    """Stops the clock."""
    with time_machine.travel(NOW, tick=False):
        yield
