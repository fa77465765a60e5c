"""Writes the generated parts of docs/braze.md: ``make docs``."""

from __future__ import annotations

from tests.contract.page import PAGE, generated

PAGE.write_text(generated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
