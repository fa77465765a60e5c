"""Short names that are still free among those that stand beside them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet


def free_slug(wanted: str, beside: QuerySet[Any]) -> str:
    """Gives the wanted slug, with a number behind it where a row of `beside` has it already."""
    taken = set(beside.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in numbered if slug not in taken)
