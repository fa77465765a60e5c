"""Foreign inputs that lie beside the repository where the project is built; without them their tests are skipped."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SHARED_DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
