"""Applying the rules: some rows at a time, each chunk with its events in one transaction."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from groups.audit import record
from groups.models import Brand
from groups.retention.rules import Rule, rules

log = logging.getLogger(__name__)

CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule would take away, or has taken; `count` is None where everything is kept."""

    rule: Rule
    count: int | None


def foretell() -> list[Finding]:
    """Counts what each rule would take away, and changes nothing."""
    return [Finding(rule, None if (rows := rule.rows()) is None else rows.count()) for rule in rules()]


def apply(*, limit_seconds: float) -> tuple[list[Finding], bool]:
    """Applies the rules for about so long; gives what each has taken away, and whether there is more to do.

    Twice at once is harmless: rows are locked where the database can, and what is gone is not due any more.
    """
    until = monotonic() + limit_seconds
    found: list[Finding] = []
    for rule in rules():
        rows, removed, is_done = rule.rows(), 0, False
        while rows is not None and not is_done:
            if monotonic() >= until:
                return [*found, Finding(rule, removed)], True
            number, is_done = _remove_some(rule, rows)
            removed += number
        if removed:
            log.info("retention.removed rule=%s count=%s", rule.name, removed)
        found.append(Finding(rule, None if rows is None else removed))
    return found, False


def _remove_some(rule: Rule, rows: QuerySet[Any]) -> tuple[int, bool]:
    """Takes one chunk away with an event a brand; tells how many, and whether that was the last of it."""
    with transaction.atomic():
        names = ("pk", rule.brand_path) if rule.brand_path else ("pk",)
        chosen = list(rows.order_by("pk").values_list(*names)[:CHUNK])
        if not chosen:
            return 0, True
        removed = rule.remove([row[0] for row in chosen])
        if rule.brand_path:
            of_brand = Counter(row[1] for row in chosen)
            for brand in Brand.objects.filter(pk__in=of_brand):
                record(
                    "retention.applied",
                    actor=None,
                    target=brand,
                    brand=brand,
                    rule=rule.name,
                    days=rule.days,
                    count=of_brand[brand.pk],
                )
    # A rule that left what it was given would be given it again for ever.
    return removed, len(chosen) < CHUNK or removed == 0
