"""Fixtures of the journeys: a browser and a portal that runs for one test module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.browser import open_browser
from tests.journeys.portal import RunningPortal, running_portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """Gives the portal with its worker and its sandbox, with the demo in it."""
    with running_portal(tmp_path_factory.mktemp("portal")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Gives Chromium; while it is open, a loop runs in this thread and Django reads no rows."""
    with open_browser() as chromium:
        yield chromium


@pytest.fixture
def screenshots() -> Path:
    """Gives the folder of screenshots: `SCREENSHOTS`, else one that is thrown away with the test."""
    folder = Path(os.environ.get("SCREENSHOTS", "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
