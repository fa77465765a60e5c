"""The arrows of the house: smartersends > campaigns > groups > braze_client, and nothing upwards."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent


def test_imports_run_one_way() -> None:
    linter = Path(sys.executable).parent / "lint-imports"

    done = subprocess.run([linter], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout
    assert "3 kept, 0 broken" in done.stdout
