"""Fixtures of the tests of the doctor."""

from __future__ import annotations

import pytest

from smartersends.operation import heartbeats


@pytest.fixture(autouse=True)
def nobody_lives_yet() -> None:
    """Forgets when a sign of life was noted last in this process."""
    heartbeats._noted.clear()
