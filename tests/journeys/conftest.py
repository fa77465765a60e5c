"""Fixtures of the journeys: a browser and a portal that runs for one test module."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.browser import open_browser
from tests.journeys.portal import Ports, RunningPortal, build_demo, free_ports, move_demo, running_portal

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ports]:
    """Gives a folder with the demo data, built once where the database lies in it, and the ports that the data name."""
    folder, ports = tmp_path_factory.mktemp("demo"), free_ports()
    if "DATABASE_URL" not in os.environ:
        build_demo(folder, ports)
    return folder, ports


@pytest.fixture(scope="package")
def portal(tmp_path_factory: pytest.TempPathFactory, demo: tuple[Path, Ports]) -> Iterator[RunningPortal]:
    """Gives the portal with its worker and its sandbox, with the demo in it; journeys that can do so share it."""
    built, ports = demo
    folder = tmp_path_factory.mktemp("portal")
    shutil.copytree(built, folder, dirs_exist_ok=True)
    with running_portal(folder, ports) as found:
        yield found


@pytest.fixture(scope="module")
def own_portal(tmp_path_factory: pytest.TempPathFactory, demo: tuple[Path, Ports]) -> Iterator[RunningPortal]:
    """Gives a portal to one module, which looks at all that is in it or leaves behind what others would fall over."""
    folder, ports = tmp_path_factory.mktemp("portal"), free_ports()
    shutil.copytree(demo[0], folder, dirs_exist_ok=True)
    move_demo(folder, ports)
    with running_portal(folder, ports) as found:
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
