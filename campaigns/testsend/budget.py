"""Taking a single call out of the windows that all workers of a workspace share."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from braze_client import BrazeClient, Pool
from groups.models import Workspace
from groups.workspace.budget import ours, store


class NotYet(Exception):
    """A call has to wait, and nothing was called; `until` is when it may be made."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"not before {until}")
        self.until = until


def take(braze: BrazeClient, pool: Pool, workspace: Workspace) -> None:
    """Takes one call out of a window; raises `NotYet` when our share of it is used up."""
    grant = store().reserve(braze.budget_key, ours(pool, workspace), 1, timezone.now())
    if not grant.granted:
        raise NotYet(grant.resets_at)
