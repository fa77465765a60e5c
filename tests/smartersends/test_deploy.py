"""`manage.py check --deploy` finds nothing under the settings of production."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.smartersends.compose import PROJECT, read
from tests.smartersends.test_compose import VARIABLES


def test_the_settings_of_production_pass_every_check(tmp_path: Path) -> None:
    secrets = {"SECRET_KEY": "Zk3-q8Lw_x" * 6, "FIELD_ENCRYPTION_KEYS": "aB9_cD8-eF7" * 4}
    environment = read({**VARIABLES, **secrets})["services"]["portal"]["environment"]
    here = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    machine = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "PYTHONPATH": str(PROJECT)}

    done = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT,
        env={**environment, **here, **machine},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout == "System check identified no issues (3 silenced).\n"
