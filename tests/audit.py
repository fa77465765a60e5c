"""Known weaknesses of the locked packages: `python -m tests.audit`, or `make audit`, which CI runs beside lint.

A weakness makes it red. A service that cannot be asked does not: then it says so, and how many packages it did ask for.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = PROJECT / "requirements" / "portal.txt"
SECONDS: Final = 25


def main() -> int:
    """Asks and prints the verdict; gives 1 where there is a weakness."""
    code, lines = verdict(*_report())
    print("\n".join(lines), flush=True)
    return code


def _report() -> tuple[str, str]:
    """Gives what pip-audit found as JSON, empty where it could not ask, and the last thing that it complained of."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--disable-pip", "--require-hashes"]
    command += ["--vulnerability-service", "pypi", "--format", "json", "--progress-spinner", "off", "--timeout", "5"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {SECONDS} s"
    return done.stdout, (done.stderr.strip().splitlines() or [""])[-1]


def verdict(report: str, complaint: str = "") -> tuple[int, list[str]]:
    """Gives the exit code and what to say of a report of pip-audit."""
    try:
        packages = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        told = f" ({complaint})" if complaint else ""
        return 0, [
            f"NOT AUDITED: the vulnerability service could not be asked{told}. Nothing is known of the packages."
        ]
    asked = [one for one in packages if "skip_reason" not in one]
    weak = [
        f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'none yet'}"
        for one in asked
        for found in one["vulns"]
    ]
    if weak:
        return 1, [f"{len(weak)} known weaknesses:", *weak]
    if not asked:
        return 0, [f"NOT AUDITED: the service did not know one of the {len(packages)} packages."]
    if len(asked) < len(packages):
        missing = len(packages) - len(asked)
        return 0, [
            f"NOT AUDITED: the service did not know {missing} of {len(packages)} packages; the others are clean."
        ]
    return 0, [f"No known weakness in {len(packages)} packages."]


if __name__ == "__main__":
    sys.exit(main())
