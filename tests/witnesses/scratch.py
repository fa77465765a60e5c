"""Scratch environments for other people's clients: made once under `.witnesses/`, apart from the project's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2] / ".witnesses"
PATIENCE_SECONDS: Final = 90
NPM_PACKAGE: Final = "braze-api@2.13.4"
PYPI_PACKAGES: Final = {"edx": "edx-braze-client==1.1.4", "braze_client": "braze-client==2.3.3"}
NEEDED: Final = ("requests>=2.32,<3", "tenacity>=8,<10")


@cache
def npm() -> Path:
    """Returns the folder with the npm package; skips, or fails where witnesses are required, when it cannot be had."""
    folder = ROOT / "npm"
    done = folder / ".done"
    if not done.exists():
        if shutil.which("npm") is None:
            missing("npm is not installed")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        install("npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), NPM_PACKAGE)
        done.touch()
    return folder


@cache
def python_with(name: str) -> Path:
    """Returns the Python of an environment with one PyPI client; skips or fails as `npm` does."""
    folder = ROOT / name
    python, done = folder / "bin" / "python", folder / ".done"
    if not done.exists():
        install(sys.executable, "-m", "venv", "--without-pip", "--clear", str(folder))
        pip = (
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--quiet",
            "--disable-pip-version-check",
        )
        install(*pip, *NEEDED)
        install(*pip, "--no-deps", PYPI_PACKAGES[name])
        done.touch()
    return python


def install(*command: str) -> None:
    """Runs a step of an installation."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        missing(f"{command[0]} took too long")
    else:
        if done.returncode:
            missing(f"{' '.join(command[:4])} ended with {done.returncode}: {done.stderr.strip()[-300:]}")


def missing(why: str) -> None:
    """Skips loudly, or fails where `REQUIRE_WITNESSES` is set."""
    if os.environ.get("REQUIRE_WITNESSES"):
        pytest.fail(f"A witness is required and cannot be had: {why}")
    pytest.skip(f"This witness cannot be had here: {why}")
