"""Versions: whether what is installed is what was tested."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from smartersends.doctor.finding import Finding, fine, odd, wrong
from smartersends.settings.environment import BASE_DIR

OLDEST: Final = (3, 11)
LOCK: Final = BASE_DIR / "requirements" / "portal.txt"
PINNED: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)([^\n]*)", re.MULTILINE)


def look_at_versions() -> Iterator[Finding]:
    """Looks at Python and at the packages of the lock."""
    running = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        yield wrong(f"Python {running} is too old.", "Use Python 3.11 or newer.")
    differing = differing_from(LOCK)
    if differing:
        named = ", ".join(differing[:5]) + (", …" if len(differing) > 5 else "")
        yield odd(
            f"{len(differing)} packages differ from the lock: {named}.",
            "Install it: `pip install --require-hashes -r requirements/portal.txt`.",
        )
    else:
        yield fine(f"Python {running} runs the packages of the lock.")


def differing_from(lock: Path) -> list[str]:
    """Gives the packages of a lock that are installed in another version, or not at all though all need them."""
    differing = []
    for name, pinned, conditions in PINNED.findall(lock.read_text(encoding="utf-8") if lock.is_file() else ""):
        try:
            installed = version(name)
        except PackageNotFoundError:
            if ";" not in conditions:
                differing.append(f"{name} is missing")
            continue
        if installed != pinned and ";" not in conditions:
            differing.append(f"{name} {installed} instead of {pinned}")
    return differing
