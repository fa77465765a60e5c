"""Fixtures of the Braze client's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from braze_client import BrazeClient
from tests.braze_client.builders import a_client


@pytest.fixture
def client() -> Iterator[BrazeClient]:
    """Give a client for single calls."""
    with a_client() as opened:
        yield opened


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the seconds that the client waited between attempts, without waiting them."""
    made: list[float] = []
    monkeypatch.setattr("time.sleep", made.append)
    return made
