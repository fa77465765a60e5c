"""What is left of Braze's rate-limit window that all calls share, by brand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from braze_client.pacing import SHARED
from groups.models import Workspace
from groups.workspace.braze import budget_key_of
from groups.workspace.budget import ours, store


@dataclass(frozen=True, slots=True)
class Budget:
    """How many calls a brand may still make in this hour, of how many that are its own; `brand` is its slug."""

    brand: str
    left: int
    allowed: int

    @property
    def percent(self) -> float:
        """What is left, from 0 to 100."""
        return 100 * self.left / self.allowed if self.allowed else 0.0


def budgets(now: datetime) -> list[Budget]:
    """Gives the budget of each connected workspace; takes nothing of it.

    Raises `WindowsUnreachable` where the store of the windows does not answer, and `SecretUnreadable` where no
    configured key opens an API key.
    """
    windows = store()
    found = []
    for workspace in Workspace.objects.exclude(endpoint="").exclude(api_key="").select_related("brand"):
        pool = ours(SHARED, workspace)
        left = windows.look(budget_key_of(workspace), pool, now).left(pool)
        found.append(Budget(workspace.brand.slug, left, pool.allowed))
    return sorted(found, key=lambda budget: budget.brand)
