"""Fixtures of the journeys: a browser and a portal that runs for one test module."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

from tests.journeys.portal import RunningPortal, running_portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    """Gives the portal with its worker and its sandbox, with the demo in it."""
    with running_portal(tmp_path_factory.mktemp("portal")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Gives Chromium; without it the test is skipped, or fails where `REQUIRE_BROWSER` is set."""
    if CHROMIUM is None:
        sentence = "BROWSER TESTS SKIPPED: no Chromium on this machine (Debian: apt-get install chromium)."
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail(sentence)
        pytest.skip(sentence)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def screenshots() -> Path:
    """Gives the folder of screenshots: `SCREENSHOTS`, else one that is thrown away with the test."""
    folder = Path(os.environ.get("SCREENSHOTS", "screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
