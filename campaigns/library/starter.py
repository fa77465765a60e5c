"""The small example that a new template starts from."""

from __future__ import annotations

from pathlib import Path

STARTER = (Path(__file__).parent / "starter.mjml").read_text(encoding="utf-8")
