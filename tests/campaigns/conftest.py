"""Fixtures of the tests that hand mail over."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from groups.models import Group, Workspace
from tests.builders import a_group
from tests.campaigns.builders import a_connected
from tests.sandbox_server import RunningSandbox


@pytest.fixture(autouse=True)
def times_of_tests(settings: Settings) -> None:
    """Gives deliveries a lead that no test waits for."""
    settings.SEND_LEAD_SECONDS = 60
    settings.SEND_MARGIN_SECONDS = 5


@pytest.fixture
def group(db: None) -> Group:
    """Gives a store."""
    return a_group()


@pytest.fixture
def workspace(group: Group, sandbox: RunningSandbox) -> Workspace:
    """Gives the store's workspace, connected to a sandbox of its own."""
    return a_connected(group, sandbox)
