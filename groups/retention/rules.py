"""The rules: each says what has been kept for long enough, and takes some of it away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Rule:
    """What one room keeps for a number of days.

    `setting` names the days in the settings; 0 keeps for ever. `due` gives the rows that may go which are older than a
    moment, `brand_path` leads from a row to its brand, empty where rows belong to no brand. `remove` takes rows away by
    their keys inside a transaction, as it sees fit (deleting them, or emptying what names a person), and gives how
    many; a row that it has dealt with must not be due any more.
    """

    name: str
    words: Promise
    setting: str
    due: Callable[[datetime], QuerySet[Any]]
    remove: Callable[[Sequence[Any]], int]
    brand_path: str = ""

    @property
    def days(self) -> int:
        """How many days are kept; 0 means for ever."""
        return int(getattr(settings, self.setting))

    def rows(self) -> QuerySet[Any] | None:
        """Gives what may go now; None where everything is kept."""
        return self.due(timezone.now() - timedelta(days=self.days)) if self.days > 0 else None


_RULES: Final[dict[str, Rule]] = {}


def register(*rules: Rule) -> None:
    """Makes rules known; each room registers its own when the portal starts."""
    _RULES.update({rule.name: rule for rule in rules})


def rules() -> tuple[Rule, ...]:
    """Gives all rules in the order of their names."""
    return tuple(_RULES[name] for name in sorted(_RULES))
