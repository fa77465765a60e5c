"""What the key may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ProbeOutcome = Literal["granted", "missing", "key refused"]


@dataclass(frozen=True, slots=True)
class ProbeReply:
    """What the key may do: ``granted``, ``missing`` (403), or ``key refused`` (401: key or instance)."""

    permission: str
    outcome: ProbeOutcome
