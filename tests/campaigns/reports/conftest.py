"""What the tests of reports share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.campaigns.reports.network_of import NOW, Network, a_network


@pytest.fixture
def network(db: None) -> Iterator[Network]:
    """Gives a small network on a Wednesday in November."""
    with time_machine.travel(NOW, tick=False):
        yield a_network()
