"""One HTTP answer that was judged readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer that was judged readable: its status, its JSON object, and Braze's request ID."""

    status: int
    body: Json
    request_id: str | None = None
