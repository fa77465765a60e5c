"""What is checked before a mailing can be submitted or sent."""

from __future__ import annotations

from campaigns.preflight.checks import check
from campaigns.preflight.findings import CheckFinding

__all__ = ["CheckFinding", "check"]
