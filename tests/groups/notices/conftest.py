"""What the tests of notices share: kinds of their own, and a mail server that obeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from groups.notices import kinds
from tests.groups.notices.told import BACKEND, KINDS, Server


@pytest.fixture(autouse=True)
def kinds_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the tests' kinds known beside those of the portal, for one test."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    kinds.register(*KINDS)


@pytest.fixture
def server(settings: Settings) -> Iterator[type[Server]]:
    """Gives a mail server that does what the test says."""
    settings.EMAIL_BACKEND = BACKEND
    Server.fails_to_open = Server.fails_to_take = Server.before_taking = None
    Server.opened = 0
    yield Server
    Server.fails_to_open = Server.fails_to_take = Server.before_taking = None
