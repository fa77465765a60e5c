"""Settings and example tell the same story, and production starts with its secrets alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
READ = re.compile(r'env\.\w+\(\s*"([A-Z_]+)"')
EXAMPLE = re.compile(r"^#?([A-Z_]+)=", re.MULTILINE)


def example_names() -> set[str]:
    """Gives the names that `.env.example` lists."""
    return set(EXAMPLE.findall((PROJECT / ".env.example").read_text(encoding="utf-8")))


def test_every_name_that_the_settings_read_stands_in_the_example() -> None:
    sources = (PROJECT / "smartersends" / "settings").glob("*.py")
    read = {name for source in sources for name in READ.findall(source.read_text(encoding="utf-8"))}

    missing = read - example_names()

    assert len(read) > 30
    assert missing == set()


def test_a_production_portal_refuses_to_start_without_its_secrets(tmp_path: Path) -> None:
    production = {"PATH": os.environ["PATH"], "PRODUCTION": "true", "DATA_DIR": str(tmp_path), "SECRET_KEY": "x" * 60}
    production["ALLOWED_HOSTS"] = "portal.example"

    without = _check(production)
    with_key = _check({**production, "FIELD_ENCRYPTION_KEYS": "a-long-random-text"})

    assert without.returncode == 1
    assert "FIELD_ENCRYPTION_KEYS is empty" in without.stderr
    assert with_key.returncode == 0, with_key.stderr


def _check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
