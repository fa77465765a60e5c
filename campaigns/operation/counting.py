"""Counting what became of batches, once it is committed."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Mapping
from typing import Final

from django.db import transaction
from prometheus_client import Counter

CHANGES: Final = Counter(
    "smartersends_batch_changes_total",
    "Batches by the state that an answer, or a lost worker, brought them to.",
    ["state"],
)


def count_changes(changes: Mapping[str, int]) -> None:
    """Counts batches by their new state when the transaction that moves them is committed."""
    moved = Tally({str(state): number for state, number in changes.items() if number > 0})
    if moved:
        transaction.on_commit(lambda: _count(moved))


def _count(moved: Mapping[str, int]) -> None:
    for state, number in moved.items():
        CHANGES.labels(state=state).inc(number)
